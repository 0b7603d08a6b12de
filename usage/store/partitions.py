"""The monthly partitions of events and readings: made ahead, and when an old event comes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

PARTITIONED = ("usage_event", "usage_reading")
# One number for all who make partitions, so that two do not make the same at once.
_LOCK = 7_203_116


def ensure_months(instants: Iterable[datetime]) -> None:
    """
    Make the partitions of the months of these instants where they are missing.

    Others go on reading and writing meanwhile. Called outside a transaction it commits by
    itself: a writer that waited for keys and held the lock here would stop all who need it.
    """
    months = sorted({(instant.year, instant.month) for instant in instants})
    missing = _missing(months)
    if not missing:
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for year, month in _missing(missing):
            _make(year, month)


def months_ahead(*, now: datetime, months: int) -> list[datetime]:
    """Return the first instants of this month and of the next ones."""
    first = now.year * 12 + now.month - 1
    return [
        datetime((first + i) // 12, (first + i) % 12 + 1, 1, tzinfo=UTC) for i in range(months + 1)
    ]


def _missing(months: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    by_name = {f"usage_reading_{year:04}_{month:02}": (year, month) for year, month in months}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT child.relname FROM pg_inherits AS made
            JOIN pg_class AS child ON child.oid = made.inhrelid
            WHERE made.inhparent = 'usage_reading'::regclass AND child.relname = ANY(%s)
            """,
            [list(by_name)],
        )
        made = {name for (name,) in cursor.fetchall()}
    return sorted(month for name, month in by_name.items() if name not in made)


def _make(year: int, month: int) -> None:
    start = datetime(year, month, 1, tzinfo=UTC)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    with connection.cursor() as cursor:
        for table in PARTITIONED:
            name = f"{table}_{year:04}_{month:02}"
            # Made apart and then attached: `PARTITION OF` would lock out every writer.
            cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)")
            cursor.execute(
                f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM (%s) TO (%s)",
                [start, end],
            )
