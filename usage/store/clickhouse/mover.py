"""
Moving what is committed in PostgreSQL on to ClickHouse: copied, held against each other, marked.

PostgreSQL is the outbox. The mark moves only over what ClickHouse has been asked for and has, so
a mover that dies between two steps has done nothing that counts: who reads takes from ClickHouse
what is below the mark alone, and each row of it once. The next one copies the same rows again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from usage.store.clickhouse.archived import refuse_unmoved
from usage.store.clickhouse.client import insert
from usage.store.clickhouse.compare import assure, assure_nothing_lost
from usage.store.clickhouse.mark import Mark, moved_until, set_mark
from usage.store.clickhouse.rows import (
    RECORD_COLUMNS,
    RECORDS,
    VOID_COLUMNS,
    VOIDS,
    Stretch,
    copied_out,
)
from usage.store.locks import Lock
from usage.store.roll import END_OF_STEP
from usage.store.under_way import oldest_under_way
from values.failpoints import reached

# Some seconds of work, and parts of a size that ClickHouse likes.
ROWS_IN_A_STEP = 200_000


def move(
    *,
    goes_on: Callable[[], bool],
    rows_in_a_step: int = ROWS_IN_A_STEP,
    is_repair: bool = False,
) -> bool:
    """
    Move what has arrived, step by step while it goes on; False where another one is at it.

    Runs outside of transactions: what one has open is not there for others, nor for ClickHouse.
    A repair goes on although ClickHouse lacks something, and leaves it unsaid there how far it
    went, so that nobody reads sums until `note_moved` says it.

    :raises StoreUnavailable: what was not moved waits in PostgreSQL, and counts from there.
    :raises MonthArchived: restore what went into files before it moved.
    """
    with _alone() as is_alone:
        if not is_alone:
            return False
        while _step(rows_in_a_step, is_repair=is_repair) and goes_on():
            pass
    return True


def copy_again(*, rows_in_a_step: int = ROWS_IN_A_STEP) -> None:
    """
    Copy what has moved before and PostgreSQL still holds, for a ClickHouse that lost some of it.

    What is there changes nothing. Whether all is there then is not said by this: see `check`.

    :raises StoreUnavailable:
    """
    mark = moved_until()
    start, may_be_more = 0, True
    while may_be_more:
        stretch, may_be_more = _stretch(start, str(mark.ingest_tx), rows_in_a_step)
        _copy(stretch)
        start = stretch.end


def note_moved(mark: Mark, until: int) -> None:
    """
    Write into ClickHouse that it holds all that transactions before `until` stored.

    :raises StoreUnavailable:
    """
    rows = (f"{installation}\t{until}\n".encode() for installation in [mark.installation])
    insert("usage_moved", ["installation", "ingest_tx"], rows)


def _step(rows: int, *, is_repair: bool) -> bool:
    """Move the mark over so many rows; say whether more may follow."""
    mark = moved_until()
    refuse_unmoved(mark)
    if not is_repair:
        assure_nothing_lost(mark)
    stretch, may_be_more = _stretch(mark.ingest_tx, oldest_under_way(), rows)
    if stretch.end <= stretch.start:
        return False
    _copy(stretch)
    assure(stretch)
    reached("moving.assured")
    if not is_repair:
        note_moved(mark, stretch.end)
    reached("moving.noted")
    set_mark(before=stretch.start, after=stretch.end)
    reached("moving.marked")
    return may_be_more


def _copy(stretch: Stretch) -> None:
    insert("usage_record", RECORD_COLUMNS, copied_out(RECORDS, stretch))
    reached("moving.records")
    insert("usage_void", VOID_COLUMNS, copied_out(VOIDS, stretch))
    reached("moving.voids")


def _stretch(start: int, limit: str, rows: int) -> tuple[Stretch, bool]:
    """Return the next transactions that stored so many rows, and whether more may follow."""
    with connection.cursor() as cursor:
        cursor.execute(END_OF_STEP, {"low": str(start), "high": limit, "rows": rows})
        (end,) = cursor.fetchone()
    return Stretch(start, int(limit if end is None else end)), end is not None


@contextmanager
def _alone() -> Iterator[bool]:
    """Yield whether no other moves: two would do no harm, and all work twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [Lock.TO_CLICKHOUSE])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [Lock.TO_CLICKHOUSE])
