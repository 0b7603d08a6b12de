"""A month's events written to a file, in the file's order."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from usage.store.archives.archive_file import COLUMNS, ArchiveParts
from usage.store.archives.kept_archives import keep_archive

_FILED = """
    SELECT {columns} FROM {partition} AS r
    WHERE r.ingest_tx < '{below}'::xid8
      AND NOT EXISTS (SELECT 1 FROM usage_stays AS s
                      WHERE s.occurred_at = r.occurred_at AND s.key = r.key)
"""
# What has not moved to ClickHouse yet, where events are kept there, stays as well.
_MARKS = {
    "postgres": "SELECT ingest_tx::text FROM usage_mark",
    "clickhouse": """
        SELECT least(rolled.ingest_tx, moved.ingest_tx)::text
        FROM usage_mark AS rolled, usage_moved AS moved
    """,
}
_ORDER = "ORDER BY customer_id, occurred_at, key, sent IS NULL, meter_id"


class FiledDay(NamedTuple):
    """How many of the events that go into a file a source sent on a day (UTC, by receipt)."""

    source_id: int
    day: date
    events: int


def rolled_up_below() -> str:
    """Return the transaction, as text, before which all is in the rollups and nothing can come."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS[settings.USAGE_STORE])
        return str(cursor.fetchone()[0])


def has_rows_to_file(*, partition: str, below: str) -> bool:
    """Return whether a file would have rows; `usage_stays` says what stays."""
    filed = _FILED.format(columns="1", partition=partition, below=int(below))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({filed})")
        return bool(cursor.fetchone()[0])


def write_archive(*, partition: str, below: str, name: str, month: str, part: int) -> ArchiveParts:
    """
    Put what was stored before `below` and does not stay into a file of this name, on the disk.

    Others write meanwhile: all that it reads is there already and does not change. Memory does
    not grow with the month.
    """
    written = ArchiveParts(month=month, part=part, lines=_lines(partition, below))
    # One moment for all, and times as the files have them.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'")
        keep_archive(written, name=name)
    return written


def filed_days(*, partition: str, below: str) -> list[FiledDay]:
    """
    Return the days on which what goes into the file was received, as the balance counts them.

    An event that waited in quarantine is of the day on which it came there.
    """
    filed = _FILED.format(
        columns="source_id, key, ingest_tx", partition=partition, below=int(below)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT r.source_id, (coalesce(q.received_at, t.received_at) AT TIME ZONE 'UTC')::date,
                   count(*)
            FROM ({filed} AND r.sent IS NOT NULL) AS r
            LEFT JOIN usage_quarantinedevent AS q ON q.key = r.key
            LEFT JOIN (
                SELECT ingest_tx, source_id, min(received_at) AS received_at
                FROM usage_receipt GROUP BY 1, 2
            ) AS t ON t.ingest_tx = r.ingest_tx AND t.source_id = r.source_id
            WHERE q.received_at IS NOT NULL OR t.received_at IS NOT NULL
            GROUP BY 1, 2 ORDER BY 1, 2
            """
        )
        return [FiledDay(*row) for row in cursor.fetchall()]


def load_archive(lines: Iterable[bytes], *, table: str) -> None:
    """Copy the rows of a file into a table."""
    with connection.cursor() as cursor:
        statement = f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for line in lines:
                copy.write(line)


def _lines(partition: str, below: str) -> Iterator[bytes]:
    filed = _FILED.format(columns=", ".join(COLUMNS), partition=partition, below=int(below))
    rest = b""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({filed} {_ORDER}) TO STDOUT") as copy:
        for part in copy:
            # Mostly a line each; the driver may give more or less.
            *lines, rest = (rest + bytes(part)).split(b"\n")
            yield from (line + b"\n" for line in lines)
