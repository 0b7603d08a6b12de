"""How much of a meter a customer used on each of its days, by a property of the events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection

from usage.queries.daily_sums import daily_sums_sql
from values.calendar import last_day, local_date, local_midnight

MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class DayOfUsage:
    """
    What was used on one day.

    `value` is that of the property asked for, None where events do not have it or none was
    asked for; `is_rest` adds up all values beyond the largest ones.
    """

    day: date
    value: str | None
    is_rest: bool
    quantity: Decimal
    events: int


def local_days(*, start: datetime, end: datetime, zone: str) -> list[date]:
    """Return the days of `[start, end)` on the local calendar, also those begun or cut off."""
    first, last = local_date(start, zone), last_day(end, zone)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def daily_usage(
    *,
    customer_id: int,
    meter_id: int,
    start: datetime,
    end: datetime,
    zone: str,
    key: str | None = None,
    most_values: int = MOST_VALUES,
    snapshot: str | None = None,
) -> list[DayOfUsage]:
    """
    Return the quantities of `[start, end)` by day in `zone` and value of the group key `key`.

    By day, then the value with the largest quantity first, the rest last; days without usage
    have no entry. Days add up to what the whole time counts, also where the meter is no sum: a
    day of a maximum is by how much it raised it (see `daily_sums`). Values beyond `most_values`
    are added up. `snapshot` leaves out what it does not show. Counts and sums are read from the
    rollups, others in one pass over the customer's index, whatever the number of days.
    """
    days = local_days(start=start, end=end, zone=zone)
    midnights = _beginnings(days, zone)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH sums AS MATERIALIZED (
                {daily_sums_sql("pg_current_snapshot()" if snapshot is None else "%(snapshot)s")}
            ), valued AS (
                SELECT s.day, d.values ->> %(key)s::text AS value,
                       sum(s.quantity) AS quantity, coalesce(sum(s.events), 0) AS events
                FROM sums AS s JOIN usage_dimensionset AS d ON d.id = s.dimensions_id
                GROUP BY 1, 2 HAVING sum(s.quantity) <> 0 OR sum(s.events) > 0
            ), placed AS (
                SELECT value, sum(quantity) AS whole,
                       row_number() OVER (ORDER BY sum(quantity) DESC, value) AS place
                FROM valued GROUP BY 1
            )
            SELECT v.day, CASE WHEN p.place <= %(most)s THEN v.value END AS shown,
                   p.place > %(most)s AS is_rest, sum(v.quantity), sum(v.events)::bigint
            FROM valued AS v JOIN placed AS p ON p.value IS NOT DISTINCT FROM v.value
            GROUP BY 1, 2, 3
            ORDER BY 1, 3, min(p.place)
            """,
            {
                "midnights": midnights, "customer": customer_id, "meter": meter_id,
                "start": start, "end": end, "starts": [start, *midnights[1:]],
                "ends": [*midnights[1:], end], "key": key, "most": most_values,
                "snapshot": snapshot,
            },
        )  # fmt: skip
        return [
            DayOfUsage(days[max(bucket, 1) - 1], value, is_rest, quantity, events)
            for bucket, value, is_rest, quantity, events in cursor.fetchall()
        ]


def _beginnings(days: Sequence[date], zone: str) -> list[datetime]:
    return [local_midnight(day, zone) for day in days]
