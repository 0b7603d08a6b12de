"""The monthly partitions of records: made ahead, and when an old event comes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

_PARENT = "usage_record"
# One number for all who make partitions, so that two do not make the same at once.
_LOCK = 7_203_116
_LONGEST_WAIT = "10s"


def ensure_months(instants: Iterable[datetime]) -> None:
    """
    Make the partitions of the months of these instants where they are missing.

    Others go on reading and writing meanwhile. Each month is committed by itself, over a
    connection of its own: a caller that is in a long transaction, and would hold the lock until
    its end, would stop all who need it. If the caller fails, an empty month remains.

    :raises OperationalError: another held the lock for too long.
    """
    months = sorted({(instant.year, instant.month) for instant in instants})
    missing = _missing(months, over=connection)
    if not missing:
        return
    apart = connection.copy()
    try:
        apart.set_autocommit(False)
        for month in missing:
            _make(month, over=apart)
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


def month_bounds(year: int, month: int) -> tuple[datetime, datetime]:
    """Return the first instant of a month and of the next one."""
    start = datetime(year, month, 1, tzinfo=UTC)
    return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _missing(
    months: Sequence[tuple[int, int]], *, over: BaseDatabaseWrapper
) -> list[tuple[int, int]]:
    by_name = {f"{_PARENT}_{year:04}_{month:02}": (year, month) for year, month in months}
    with over.cursor() as cursor:
        cursor.execute(
            """
            SELECT child.relname FROM pg_inherits AS made
            JOIN pg_class AS child ON child.oid = made.inhrelid
            WHERE made.inhparent = 'usage_record'::regclass AND child.relname = ANY(%s)
            """,
            [list(by_name)],
        )
        made = {name for (name,) in cursor.fetchall()}
    return sorted(month for name, month in by_name.items() if name not in made)


def _make(month: tuple[int, int], *, over: BaseDatabaseWrapper) -> None:
    """Make a month in the transaction of this connection, unless another made it meanwhile."""
    name = f"{_PARENT}_{month[0]:04}_{month[1]:02}"
    with over.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if not _missing([month], over=over):
            return
        # Made apart and then attached: `PARTITION OF` would lock out every writer.
        cursor.execute(f"CREATE TABLE {name} (LIKE {_PARENT} INCLUDING ALL)")
        cursor.execute(
            f"ALTER TABLE {_PARENT} ATTACH PARTITION {name} FOR VALUES FROM (%s) TO (%s)",
            list(month_bounds(*month)),
        )
