"""
Rollups: the sums of each hour, kept by a mark of how far they go.

Every record carries the transaction that stored it. All below the mark is in `usage_hour`, and
nothing else is: the mark moves up to the oldest transaction still under way in this database,
below which no record can come any more. So none is missed or added twice, whatever commits
meanwhile. It moves in steps, each committed: what piled up is worked off, however much it is.
"""

from collections.abc import Callable

from django.db import connection, transaction

from usage.store.under_way import oldest_under_way
from values.failpoints import reached

# Some seconds of work.
ROWS_IN_A_STEP = 500_000


def roll(*, goes_on: Callable[[], bool], rows_in_a_step: int = ROWS_IN_A_STEP) -> bool:
    """Bring the rollups up to date; see `UsageStore.roll`."""
    while True:
        may_be_more = _step(rows_in_a_step)
        if not may_be_more or not goes_on():
            return may_be_more is not None


def _step(rows: int) -> bool | None:
    """Move the mark over so many rows; say whether more may follow, None if it is not free."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ingest_tx FROM usage_mark FOR UPDATE SKIP LOCKED")
        mark = cursor.fetchone()
        if mark is None:
            return None
        bounds = {"low": mark[0], "high": oldest_under_way(known=mark[0]), "rows": rows}
        # By the index: sorted, each step would read all that piled up.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(END_OF_STEP, bounds)
        (end,) = cursor.fetchone()
        cursor.execute("SET LOCAL enable_sort TO DEFAULT")
        if end is not None:
            bounds["high"] = end
        reached("rolling.bounded")
        cursor.execute(_ADD, bounds)
        reached("rolling.added")
        cursor.execute("UPDATE usage_mark SET ingest_tx = %(high)s::xid8", bounds)
        reached("rolling.marked")
    reached("rolling.committed")
    return end is not None


# The first transaction after the one that brings the rows to the number of a step: what one
# transaction stored is added together, however much it is. Each table is asked for itself, so
# that its partitions are walked by their indexes.
END_OF_STEP = """
    WITH arrived AS (
        (SELECT ingest_tx FROM usage_record
         WHERE ingest_tx >= %(low)s::xid8 AND ingest_tx < %(high)s::xid8
         ORDER BY ingest_tx LIMIT %(rows)s)
        UNION ALL
        (SELECT ingest_tx FROM usage_void
         WHERE ingest_tx >= %(low)s::xid8 AND ingest_tx < %(high)s::xid8
         ORDER BY ingest_tx LIMIT %(rows)s)
    ), reached AS (
        SELECT ingest_tx FROM arrived ORDER BY ingest_tx OFFSET %(rows)s - 1 LIMIT 1
    )
    SELECT least(
        (SELECT ingest_tx FROM usage_record
         WHERE ingest_tx > (SELECT ingest_tx FROM reached) AND ingest_tx < %(high)s::xid8
         ORDER BY ingest_tx LIMIT 1),
        (SELECT ingest_tx FROM usage_void
         WHERE ingest_tx > (SELECT ingest_tx FROM reached) AND ingest_tx < %(high)s::xid8
         ORDER BY ingest_tx LIMIT 1)
    )
"""
_ADD = """
    INSERT INTO usage_hour (customer_id, meter_id, hour, dimensions_id, quantity, events)
    SELECT customer_id, meter_id, usage_hour_of(occurred_at) AS hour, dimensions_id,
           sum(quantity), sum(events)
    FROM (
        SELECT customer_id, meter_id, occurred_at, dimensions_id, quantity, 1 AS events
        FROM usage_reading
        WHERE ingest_tx >= %(low)s::xid8 AND ingest_tx < %(high)s::xid8
        UNION ALL
        SELECT r.customer_id, r.meter_id, r.occurred_at, r.dimensions_id, -r.quantity, -1
        FROM usage_void AS v
        JOIN usage_reading AS r ON r.occurred_at = v.occurred_at AND r.key = v.key
        WHERE v.ingest_tx >= %(low)s::xid8 AND v.ingest_tx < %(high)s::xid8
    ) AS arrived
    GROUP BY 1, 2, 3, 4
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (customer_id, meter_id, hour, dimensions_id) DO UPDATE
    SET quantity = usage_hour.quantity + excluded.quantity,
        events = usage_hour.events + excluded.events
"""
