"""
Adding up what each source sent, minute by minute, and how late.

With a mark of its own, as the rollups have (see `usage.store.roll`): it moves up to the oldest
transaction under way, below which no receipt can come any more, so that none is missed or added
twice, whatever commits meanwhile, and whether anybody rolls or not.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from usage.store.under_way import oldest_under_way

RECEIPTS_IN_A_STEP = 5_000
MINUTES_KEPT = timedelta(days=21)
"""Silence is told by the week before the last event, which may be two weeks back by then."""

LAG_BOUNDS_SECONDS = (
    1, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400, 604_800, 2_592_000, 315_360_000,
)  # fmt: skip
"""An event counts under the first of these that its lag is below; ten years hold all."""


def sum_receipts(
    *,
    now: datetime,
    goes_on: Callable[[], bool] = lambda: True,
    receipts_in_a_step: int = RECEIPTS_IN_A_STEP,
) -> bool:
    """
    Add what came since the last time, in steps committed one by one while it `goes_on`.

    A minute older than `MINUTES_KEPT` is added to its source's total alone. False where another
    worker is at it.
    """
    while True:
        may_be_more = _step(receipts_in_a_step, now=now)
        if not may_be_more or not goes_on():
            return may_be_more is not None


def forget_old_minutes(*, now: datetime) -> int:
    """Delete the minutes and lags that nobody looks at any more; return how many rows."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM usage_source_minute WHERE minute < %s", [now - MINUTES_KEPT])
        deleted = cursor.rowcount
        cursor.execute("DELETE FROM usage_source_lag WHERE hour < %s", [now - MINUTES_KEPT])
        return int(deleted + cursor.rowcount)


def _step(receipts: int, *, now: datetime) -> bool | None:
    """Move the mark over so many receipts; say whether more may follow, None if it is not free."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ingest_tx FROM usage_metrics_mark FOR UPDATE SKIP LOCKED")
        mark = cursor.fetchone()
        if mark is None:
            return None
        bounds = {"low": mark[0], "high": oldest_under_way(known=mark[0]), "receipts": receipts}
        cursor.execute(_END_OF_STEP, bounds)
        (end,) = cursor.fetchone()
        if end is not None:
            bounds["high"] = end
        bounds |= {"since": now - MINUTES_KEPT, "lags": list(LAG_BOUNDS_SECONDS)}
        # Of transactions the planner knows no ranges: it takes many rows for one, and would look
        # at all of them again for each receipt.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for statement in (_ADD_TOTALS, _ADD_MINUTES, _ADD_LAGS, _MOVE):
            cursor.execute(statement, bounds)
    return end is not None


_RANGE = "ingest_tx >= %(low)s::xid8 AND ingest_tx < %(high)s::xid8"
# The first transaction after the one that brings the receipts to the number of a step.
_END_OF_STEP = f"""
    SELECT min(ingest_tx) FROM (
        SELECT ingest_tx FROM usage_receipt
        WHERE ingest_tx < %(high)s::xid8 AND ingest_tx > (
            SELECT ingest_tx FROM usage_receipt WHERE {_RANGE}
            ORDER BY ingest_tx, id OFFSET %(receipts)s - 1 LIMIT 1
        )
        ORDER BY ingest_tx, id LIMIT 1
    ) AS following
"""
_COUNTS = ("accepted", "duplicates", "conflicts", "quarantined", "rejected")
_NAMES = ", ".join(_COUNTS)
_SUMS = ", ".join(f"sum({name})" for name in _COUNTS)


def _added(table: str) -> str:
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in _COUNTS)


_ADD_TOTALS = f"""
    INSERT INTO usage_source_total (source_id, channel, {_NAMES})
    SELECT source_id, channel, {_SUMS} FROM usage_receipt WHERE {_RANGE}
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (source_id, channel) DO UPDATE SET {_added("usage_source_total")}
"""
# What a replay, a correction or a backfill brings was sent before, or is not of its own time.
_SENT = "channel IN ('api', 'file')"
_ADD_MINUTES = f"""
    INSERT INTO usage_source_minute (source_id, minute, {_NAMES})
    SELECT source_id, date_bin('1 minute', received_at, '2000-01-01T00:00:00Z'), {_SUMS}
    FROM usage_receipt
    WHERE {_RANGE} AND {_SENT} AND received > 0 AND received_at >= %(since)s
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (source_id, minute) DO UPDATE SET {_added("usage_source_minute")}
"""
_ADD_LAGS = f"""
    WITH sent AS MATERIALIZED (
        SELECT DISTINCT ingest_tx, source_id FROM usage_receipt
        WHERE {_RANGE} AND {_SENT} AND accepted > 0 AND received_at >= %(since)s
    )
    INSERT INTO usage_source_lag (source_id, hour, under_seconds, events, slowest)
    SELECT e.source_id, usage_hour_of(e.received_at),
           (%(lags)s::int[])[least(
               1 + width_bucket(extract(epoch FROM e.received_at - e.occurred_at),
                                %(lags)s::numeric[]),
               cardinality(%(lags)s::int[])
           )],
           count(*), max(e.received_at - e.occurred_at)
    FROM usage_event AS e
    JOIN sent ON sent.ingest_tx = e.ingest_tx AND sent.source_id = e.source_id
    WHERE e.ingest_tx >= %(low)s::xid8 AND e.ingest_tx < %(high)s::xid8
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (source_id, hour, under_seconds) DO UPDATE
    SET events = usage_source_lag.events + excluded.events,
        slowest = greatest(usage_source_lag.slowest, excluded.slowest)
"""
_MOVE = "UPDATE usage_metrics_mark SET ingest_tx = %(high)s::xid8"
