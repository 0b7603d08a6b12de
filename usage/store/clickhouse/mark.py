"""How far usage has moved: what a transaction below the mark stored is read from ClickHouse."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Mark:
    """All that transactions below `ingest_tx` stored is in ClickHouse, under this installation."""

    installation: UUID
    ingest_tx: int


def moved_until() -> Mark:
    """Return the mark as it stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT installation, ingest_tx::text FROM usage_moved")
        installation, ingest_tx = cursor.fetchone()
    return Mark(installation, int(ingest_tx))


def set_mark(*, before: int, after: int) -> None:
    """Move the mark on; where it is not what it was `before`, somebody else has moved it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE usage_moved SET ingest_tx = %s::text::xid8 WHERE ingest_tx = %s::text::xid8",
            [str(after), str(before)],
        )
