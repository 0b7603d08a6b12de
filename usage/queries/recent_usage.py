"""The meters that a customer used of late, each with its days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from usage.store.archives.archived import archived_is_said
from usage.store.shown import not_void
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

    :raises MonthArchived: events of these days that a maximum, a latest value or a unique count
        among these meters is made of are in a file.
    """
    midnights = [local_midnight(day, zone) for day in days]
    meters: dict[int, RecentUsage] = {}
    found: dict[int, dict[date, Decimal]] = {}
    with archived_is_said(), connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "customer": customer_id, "midnights": midnights, "most": most,
                "start": midnights[0], "ends": [*midnights[1:], end], "days": len(days),
            },
        )  # fmt: skip
        for meter_id, name, unit, latest_at, bucket, quantity in cursor.fetchall():
            used = found.setdefault(meter_id, {})
            meters.setdefault(meter_id, RecentUsage(meter_id, name, unit, latest_at, used))
            if bucket is not None:
                used[days[bucket - 1]] = quantity
    return list(meters.values())


_ON_DAY = f"""r.customer_id = %(customer)s AND r.meter_id = u.id
    AND r.occurred_at >= day.starts_at AND r.occurred_at < day.ends_at AND {not_void("r")}"""
# Sums from the rollups, of all meters at once; the others day by day, where each is one stretch
# of the customer's index.
_SQL = f"""
    WITH used AS MATERIALIZED (
        SELECT m.id, m.code, m.display_name, m.unit, m.aggregation, m.property,
               latest.occurred_at AS latest_at,
               row_number() OVER (
                   ORDER BY latest.occurred_at < %(start)s, m.display_name, m.code
               ) AS place
        FROM usage_latest(%(customer)s) AS latest
        JOIN usage_meter AS m ON m.id = latest.meter_id
    ), shown AS MATERIALIZED (
        SELECT * FROM used WHERE place <= %(most)s AND latest_at >= %(start)s
    ), day AS MATERIALIZED (
        SELECT * FROM unnest(%(midnights)s::timestamptz[], %(ends)s::timestamptz[])
                      WITH ORDINALITY AS each (starts_at, ends_at, bucket)
    ), counted AS MATERIALIZED (
        SELECT s.meter_id, s.slice AS bucket, sum(s.quantity) AS quantity
        FROM usage_sums(
            %(customer)s, ARRAY(SELECT id FROM shown WHERE aggregation IN ('count', 'sum'))::int[],
            %(midnights)s::timestamptz[] || (%(ends)s::timestamptz[])[%(days)s],
            pg_current_snapshot()
        ) AS s
        GROUP BY 1, 2
        UNION ALL
        SELECT s.meter_id, day.bucket, sum(s.quantity)
        FROM usage_sums(
            %(customer)s, ARRAY(SELECT id FROM shown WHERE aggregation = 'weighted_sum')::int[],
            '2000-01-01T00:00:00Z'::timestamptz || %(ends)s::timestamptz[], pg_current_snapshot()
        ) AS s
        JOIN day ON s.slice <= day.bucket
        GROUP BY 1, 2
        UNION ALL
        SELECT u.id, day.bucket, r.quantity
        FROM shown AS u CROSS JOIN day
        CROSS JOIN LATERAL (
            SELECT max(r.quantity) AS quantity FROM usage_reading AS r
            WHERE u.aggregation = 'max' AND {_ON_DAY}
            UNION ALL
            (SELECT r.quantity FROM usage_reading AS r
             WHERE u.aggregation = 'latest' AND {_ON_DAY}
             ORDER BY r.occurred_at DESC, r.key DESC LIMIT 1)
            UNION ALL
            SELECT nullif(count(DISTINCT e.sent::jsonb -> 'properties' ->> u.property), 0)
            FROM usage_reading AS r
            JOIN usage_event AS e ON e.occurred_at = r.occurred_at AND e.key = r.key
            WHERE u.aggregation = 'unique_count' AND {_ON_DAY}
        ) AS r
        WHERE r.quantity IS NOT NULL
        UNION ALL
        -- What reads single events is refused where some are archived. A branch of its own: in a
        -- condition it would not be asked, where the months have no table.
        SELECT NULL::integer, NULL::bigint, NULL::numeric
        WHERE NOT usage_whole(
            %(customer)s, ARRAY(SELECT id FROM shown WHERE aggregation IN
                                ('max', 'latest', 'unique_count'))::int[],
            ARRAY[%(start)s]::timestamptz[], (%(ends)s::timestamptz[])[%(days)s:]
        )
    )
    SELECT u.id, u.display_name, u.unit, u.latest_at, c.bucket, c.quantity
    FROM used AS u LEFT JOIN counted AS c ON c.meter_id = u.id
    ORDER BY u.display_name, u.code, c.bucket
"""
