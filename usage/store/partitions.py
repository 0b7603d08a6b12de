"""The monthly partitions of records: made ahead, and when an old event comes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.prepared import run_prepared
from usage.store.locks import Lock
from values.failpoints import reached

# Every partition costs each statement that does not name a time, in locks and in planning. What
# happened before this year lies together, as if all of it were the first of these months.
_FIRST_YEAR_BY_MONTHS = 2019
_EARLIER = (2000, 1)
_PARENT = "usage_record"
_LONGEST_WAIT = "10s"
_MADE = """
    SELECT child.relname FROM pg_inherits AS made
    JOIN pg_class AS child ON child.oid = made.inhrelid
    WHERE made.inhparent = 'usage_record'::regclass AND child.relname = ANY(%s::text[])
"""


def ensure_months(instants: Iterable[datetime]) -> None:
    """
    Make the partitions of the months of these instants where they are missing.

    Others go on reading and writing meanwhile. Each month is committed by itself, over a
    connection of its own: a caller that is in a long transaction, and would hold the lock until
    its end, would stop all who need it. If the caller fails, an empty month remains.

    :raises OperationalError: another held the lock for too long.
    """
    months = sorted({month_of(instant) for instant in instants})
    missing = _missing(months, over=connection)
    if not missing:
        return
    apart = connection.copy()
    try:
        apart.set_autocommit(False)
        for month in missing:
            _make(month, over=apart)
            reached("ingest.month_attached")
            apart.commit()
    finally:
        apart.close()


def months_ahead(*, now: datetime, months: int) -> list[datetime]:
    """Return the first instants of this month and of the next ones."""
    first = now.year * 12 + now.month - 1
    return [
        datetime((first + i) // 12, (first + i) % 12 + 1, 1, tzinfo=UTC) for i in range(months + 1)
    ]


def made_months() -> list[tuple[int, int]]:
    """Return the (year, month) of each partition that is there, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT child.relname FROM pg_inherits AS made
            JOIN pg_class AS child ON child.oid = made.inhrelid
            WHERE made.inhparent = 'usage_record'::regclass
            """
        )
        names = sorted(name for (name,) in cursor.fetchall())
    return [(int(year), int(month)) for year, month in (name.split("_")[-2:] for name in names)]


def month_of(instant: datetime) -> tuple[int, int]:
    """Return the (year, month) with which records of this time lie: 2000-01 up to 2018."""
    is_earlier = _EARLIER[0] <= instant.year < _FIRST_YEAR_BY_MONTHS
    return _EARLIER if is_earlier else (instant.year, instant.month)


def partition_name(year: int, month: int) -> str:
    """Return the name of a month's table."""
    return f"{_PARENT}_{year:04}_{month:02}"


def month_bounds(year: int, month: int) -> tuple[datetime, datetime]:
    """Return the first instant of a month and of the next one; those up to 2018 are one."""
    start = datetime(year, month, 1, tzinfo=UTC)
    if (year, month) == _EARLIER:
        return start, datetime(_FIRST_YEAR_BY_MONTHS, 1, 1, tzinfo=UTC)
    return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _missing(
    months: Sequence[tuple[int, int]], *, over: BaseDatabaseWrapper
) -> list[tuple[int, int]]:
    by_name = {f"{_PARENT}_{year:04}_{month:02}": (year, month) for year, month in months}
    made = {name for (name,) in run_prepared(_MADE, [list(by_name)], over=over)}
    return sorted(month for name, month in by_name.items() if name not in made)


def _make(month: tuple[int, int], *, over: BaseDatabaseWrapper) -> None:
    """Make a month in the transaction of this connection, unless another made it meanwhile."""
    name = f"{_PARENT}_{month[0]:04}_{month[1]:02}"
    with over.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.PARTITIONS])
        if not _missing([month], over=over):
            return
        # Made apart and then attached: `PARTITION OF` would lock out every writer.
        cursor.execute(f"CREATE TABLE {name} (LIKE {_PARENT} INCLUDING ALL)")
        reached("ingest.month_created")
        cursor.execute(
            f"ALTER TABLE {_PARENT} ATTACH PARTITION {name} FOR VALUES FROM (%s) TO (%s)",
            list(month_bounds(*month)),
        )
