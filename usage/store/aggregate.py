"""Sums of what a snapshot shows: from rollups where they will do, from records where not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from usage.store.archives.archived import archived_is_said
from usage.store.interface import StoredQuantity
from values.period import Period


def current_snapshot() -> str:
    """Return which transactions have committed by now; see `UsageStore.snapshot`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def aggregate(
    customer_id: int, meter_ids: Sequence[int], slices: Sequence[Period], snapshot: str
) -> list[StoredQuantity]:
    """Return the sums that the snapshot shows; see `UsageStore.aggregate`."""
    return _answered(
        """
        SELECT * FROM usage_sums(%(customer)s, %(meters)s, %(bounds)s, %(seen)s)
        ORDER BY 1, 2, 3
        """,
        slices,
        {
            "customer": customer_id, "meters": list(meter_ids), "bounds": _bounds(slices),
            "seen": snapshot,
        },
    )  # fmt: skip


def aggregate_between(
    customer_id: int,
    meter_ids: Sequence[int],
    slices: Sequence[Period],
    earlier: str,
    snapshot: str,
) -> list[StoredQuantity]:
    """Return what the snapshot shows less what an earlier one did; see `UsageStore.aggregate`."""
    return _answered(
        _BETWEEN,
        slices,
        {
            "customer": customer_id, "meters": list(meter_ids), "bounds": _bounds(slices),
            "start": slices[0].start, "end": slices[-1].end, "earlier": earlier,
            "seen": snapshot,
        },
    )  # fmt: skip


# What the earlier snapshot does not show was stored by its oldest transaction or a later one; what
# the transaction at hand stored itself is none of it.
_BETWEEN = """
    SELECT meter_id, dimensions_id, width_bucket(occurred_at, %(bounds)s::timestamptz[]),
           sum(times * quantity), sum(times)::bigint
    FROM (
        SELECT r.meter_id, r.dimensions_id, r.occurred_at, r.quantity,
               usage_shown(r.ingest_tx, %(seen)s)::int
               - pg_visible_in_snapshot(r.ingest_tx, %(earlier)s::pg_snapshot)::int AS times
        FROM usage_reading AS r
        WHERE r.customer_id = %(customer)s AND r.meter_id = ANY(%(meters)s)
          AND r.occurred_at >= %(start)s AND r.occurred_at < %(end)s
          AND r.ingest_tx >= pg_snapshot_xmin(%(earlier)s::pg_snapshot)
        UNION ALL
        SELECT r.meter_id, r.dimensions_id, r.occurred_at, r.quantity,
               (pg_visible_in_snapshot(v.ingest_tx, %(earlier)s::pg_snapshot)
                AND pg_visible_in_snapshot(r.ingest_tx, %(earlier)s::pg_snapshot)
               )::int
               - (usage_shown(v.ingest_tx, %(seen)s) AND usage_shown(r.ingest_tx, %(seen)s))::int
        FROM usage_void AS v
        JOIN usage_reading AS r ON r.occurred_at = v.occurred_at AND r.key = v.key
        WHERE v.customer_id = %(customer)s AND r.meter_id = ANY(%(meters)s)
          AND v.occurred_at >= %(start)s AND v.occurred_at < %(end)s
          AND r.occurred_at >= %(start)s AND r.occurred_at < %(end)s
    ) AS counted
    WHERE times <> 0
    GROUP BY 1, 2, 3
    HAVING sum(times) <> 0 OR sum(times * quantity) <> 0
    ORDER BY 1, 2, 3
"""


def _bounds(slices: Sequence[Period]) -> list[datetime]:
    return [*(part.start for part in slices), slices[-1].end]


def _answered(
    statement: str, slices: Sequence[Period], parameters: dict[str, Any]
) -> list[StoredQuantity]:
    with archived_is_said(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [
            StoredQuantity(
                meter_id=meter_id,
                dimensions_id=dimensions_id,
                slice=slices[place - 1],
                quantity=quantity,
                events=events,
            )
            for meter_id, dimensions_id, place, quantity, events in cursor.fetchall()
        ]
