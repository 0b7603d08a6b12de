"""Single readings that pricing judged one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from usage.store.shown import not_void
from values.period import Period


@dataclass(frozen=True, slots=True)
class JudgedReading:
    """What a meter counted at one instant of one combination; mostly a single event."""

    occurred_at: datetime
    dimensions_id: int
    quantity: Decimal
    events: int


def judged_readings(
    *, customer_id: int, meter_id: int, span: Period, idempotency_keys: Sequence[str], snapshot: str
) -> list[JudgedReading]:
    """Return the meter's readings in the span of the events with these keys, in order of time."""
    if not idempotency_keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT r.occurred_at, r.dimensions_id, sum(r.quantity), count(*)
            FROM usage_reading AS r
            JOIN usage_event AS e ON e.occurred_at = r.occurred_at AND e.key = r.key
            WHERE r.customer_id = %s AND r.meter_id = %s
              AND r.occurred_at >= %s AND r.occurred_at < %s
              AND usage_shown(r.ingest_tx, %s) AND {not_void("r", "%s")}
              AND e.idempotency_key = ANY(%s)
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            [
                customer_id, meter_id, span.start, span.end, snapshot, snapshot,
                list(idempotency_keys),
            ],
        )  # fmt: skip
        return [JudgedReading(*row) for row in cursor.fetchall()]
