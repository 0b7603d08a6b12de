"""How much of several meters a customer used on each of its days, in one query."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from usage.queries.daily_usage import local_days
from values.calendar import local_midnight


def daily_totals(
    *, customer_id: int, meter_ids: Sequence[int], start: datetime, end: datetime, zone: str
) -> dict[int, dict[date, Decimal]]:
    """
    Return the sums of `[start, end)` by meter and day in `zone`.

    `start` is a local midnight. Days without usage have no entry.
    """
    days = local_days(start=start, end=end, zone=zone)
    found: dict[int, dict[date, Decimal]] = {meter_id: {} for meter_id in meter_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT meter_id, width_bucket(occurred_at, %s::timestamptz[]), sum(quantity)
            FROM usage_reading
            WHERE customer_id = %s AND meter_id = ANY(%s)
              AND occurred_at >= %s AND occurred_at < %s
            GROUP BY 1, 2
            """,
            [[local_midnight(day, zone) for day in days], customer_id, list(meter_ids), start, end],
        )
        for meter_id, bucket, quantity in cursor.fetchall():
            found[meter_id][days[bucket - 1]] = quantity
    return found
