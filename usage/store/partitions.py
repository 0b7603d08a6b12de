"""The monthly partitions of events and readings: made ahead, and when an old event comes."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection

PARTITIONED = ("usage_event", "usage_reading")
# One number for all who make partitions, so that two do not make the same at once.
_LOCK = 7_203_116


def ensure_months(instants: Iterable[datetime]) -> None:
    """Make the partitions of the months of these instants where they are missing."""
    months = sorted({(instant.year, instant.month) for instant in instants})
    if not months:
        return
    names = [f"usage_event_{year:04}_{month:02}" for year, month in months]
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, to_regclass(n) IS NULL FROM unnest(%s::text[]) AS n", [names])
        missing = {name for name, is_missing in cursor.fetchall() if is_missing}
    for (year, month), name in zip(months, names, strict=True):
        if name in missing:
            _make(year, month)


def months_ahead(*, now: datetime, months: int) -> list[datetime]:
    """Return the first instants of this month and of the next ones."""
    first = now.year * 12 + now.month - 1
    return [
        datetime((first + i) // 12, (first + i) % 12 + 1, 1, tzinfo=UTC)
        for i in range(months + 1)
    ]


def _make(year: int, month: int) -> None:
    start = datetime(year, month, 1, tzinfo=UTC)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    with connection.cursor() as cursor:
        # Released with the transaction: an old month is rare, and waiting is right.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for table in PARTITIONED:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {table}_{year:04}_{month:02} "
                f"PARTITION OF {table} FOR VALUES FROM (%s) TO (%s)",
                [start, end],
            )
