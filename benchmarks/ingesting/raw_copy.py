"""The limit: COPY of whole events into a table without anything."""

from collections.abc import Sequence

from django.db import connection, transaction

from usage.store.interface import NewEvent


def make_bare_table() -> None:
    """Make the table anew: a key, a body, no index."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute("CREATE TABLE bare (key text, body jsonb)")


def copy_raw(events: Sequence[NewEvent]) -> None:
    """Copy the events in one transaction."""
    text = "".join([f"{event.idempotency_key}\t{_escaped(event.sent)}\n" for event in events])
    statement = "COPY bare (key, body) FROM STDIN"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\") if "\\" in text else text
