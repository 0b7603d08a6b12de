"""The meters that a customer used of late, each with its days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from values.calendar import local_midnight


@dataclass(frozen=True, slots=True)
class RecentUsage:
    """
    A meter that has counted something of a customer, and when its latest event happened.

    `days` are those asked for, each by itself: the sum of a day, its maximum, its latest value,
    how many things it saw; of a weighted sum the level at its end. Days without usage have no
    entry.
    """

    meter_id: int
    name: str
    unit: str
    latest_at: datetime
    days: Mapping[date, Decimal]


def recent_usage(
    *, customer_id: int, days: Sequence[date], end: datetime, zone: str, most: int
) -> list[RecentUsage]:
    """
    Return the meters that have counted events of this customer by name, in one query.

    `days` are consecutive ones in `zone`, `end` is when the last of them ends. The first `most`
    meters with usage since the first day come with their days.
    """
    midnights = [local_midnight(day, zone) for day in days]
    meters: dict[int, RecentUsage] = {}
    found: dict[int, dict[date, Decimal]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "customer": customer_id, "midnights": midnights, "most": most,
                "start": midnights[0], "ends": [*midnights[1:], end],
            },
        )  # fmt: skip
        for meter_id, name, unit, latest_at, bucket, quantity in cursor.fetchall():
            used = found.setdefault(meter_id, {})
            meters.setdefault(meter_id, RecentUsage(meter_id, name, unit, latest_at, used))
            if bucket is not None:
                used[days[bucket - 1]] = quantity
    return list(meters.values())


_SQL = """
    WITH used AS MATERIALIZED (
        SELECT m.id, m.code, m.display_name, m.unit, m.aggregation, m.property,
               latest.occurred_at AS latest_at,
               row_number() OVER (
                   ORDER BY latest.occurred_at < %(start)s, m.display_name, m.code
               ) AS place
        FROM accounts_customer AS c
        JOIN usage_meter AS m ON m.legal_entity_id = c.legal_entity_id
        CROSS JOIN LATERAL (
            SELECT r.occurred_at FROM usage_reading AS r
            WHERE r.customer_id = c.id AND r.meter_id = m.id
            ORDER BY r.occurred_at DESC LIMIT 1
        ) AS latest
        WHERE c.id = %(customer)s
    )
    SELECT u.id, u.display_name, u.unit, u.latest_at, s.bucket, s.quantity
    FROM used AS u
    -- Day by day: each is one stretch of the readings' index, and nothing is sorted.
    LEFT JOIN LATERAL (
        SELECT day.bucket, r.quantity
        FROM unnest(%(midnights)s::timestamptz[], %(ends)s::timestamptz[])
             WITH ORDINALITY AS day (starts_at, ends_at, bucket)
        CROSS JOIN LATERAL (
            SELECT sum(quantity) AS quantity FROM usage_reading
            WHERE u.aggregation IN ('count', 'sum')
              AND customer_id = %(customer)s AND meter_id = u.id
              AND occurred_at >= day.starts_at AND occurred_at < day.ends_at
            UNION ALL
            SELECT max(quantity) FROM usage_reading
            WHERE u.aggregation = 'max' AND customer_id = %(customer)s AND meter_id = u.id
              AND occurred_at >= day.starts_at AND occurred_at < day.ends_at
            UNION ALL
            (SELECT quantity FROM usage_reading
             WHERE u.aggregation = 'latest' AND customer_id = %(customer)s AND meter_id = u.id
               AND occurred_at >= day.starts_at AND occurred_at < day.ends_at
             ORDER BY occurred_at DESC, key DESC LIMIT 1)
            UNION ALL
            SELECT nullif(count(DISTINCT e.sent::jsonb -> 'properties' ->> u.property), 0)
            FROM usage_reading AS r
            JOIN usage_event AS e ON e.occurred_at = r.occurred_at AND e.key = r.key
            WHERE u.aggregation = 'unique_count'
              AND r.customer_id = %(customer)s AND r.meter_id = u.id
              AND r.occurred_at >= day.starts_at AND r.occurred_at < day.ends_at
            UNION ALL
            SELECT sum(quantity) FROM usage_reading
            WHERE u.aggregation = 'weighted_sum'
              AND customer_id = %(customer)s AND meter_id = u.id
              AND occurred_at < day.ends_at
        ) AS r
        WHERE r.quantity IS NOT NULL
    ) AS s ON u.place <= %(most)s AND u.latest_at >= %(start)s
    ORDER BY u.display_name, u.code, s.bucket
"""
