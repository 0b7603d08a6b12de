"""Rollups held against the records below them, and made anew from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from usage.store.archives.archived import archived_months, refuse_archived
from usage.store.archives.archivers import keep_archivers_away
from usage.store.partitions import made_months, month_bounds
from values.period import Period


@dataclass(frozen=True, slots=True)
class Difference:
    """An hour whose rollup is not the sum of its records."""

    customer_id: int
    meter_id: int
    dimensions_id: int
    hour: datetime
    rolled: tuple[Decimal, int]
    recorded: tuple[Decimal, int]


def differences() -> Iterator[Difference]:
    """
    Yield the hours in which a rollup is not what the records below the mark add up to.

    Month by month, each in one statement, so that it may run while usage arrives. Archived
    months are left to `usage_archive check`, which reads their files.
    """
    for year, month in recorded_months():
        start, end = month_bounds(year, month)
        with connection.cursor() as cursor:
            cursor.execute(_DIFFERENCES, {"start": start, "end": end})
            found = cursor.fetchall()
            if found and archived_months(Period(start, end)):
                # Archived meanwhile: what lacks is in its file.
                continue
            for customer_id, meter_id, dimensions_id, hour, *sums in found:
                rolled, rolled_events, recorded, recorded_events = sums
                yield Difference(
                    customer_id=customer_id,
                    meter_id=meter_id,
                    dimensions_id=dimensions_id,
                    hour=hour,
                    rolled=(rolled, rolled_events),
                    recorded=(recorded, recorded_events),
                )


def recorded_months() -> list[tuple[int, int]]:
    """Return the (year, month) of those months whose records are all in the database, in order."""
    archived = {(month.year, month.month) for month in archived_months()}
    return [month for month in made_months() if month not in archived]


def rebuild(year: int, month: int) -> None:
    """
    Make the rollups of a month anew from its records, as far as the mark goes.

    In one transaction, in which no other rolls or archives: who reads meanwhile sees the old
    ones or the new ones, and both with the same mark.

    :raises AnotherArchives: a month is being archived or restored: try again.
    :raises MonthArchived: records are in a file; the month's rollups are all there is.
    :raises ValueError: the month's records are not there, so its rollups cannot be made.
    """
    start, end = month_bounds(year, month)
    with transaction.atomic(), connection.cursor() as cursor:
        # First of all: while this waits for the mark no month may go, and its sums with it.
        keep_archivers_away()
        refuse_archived(Period(start, end))
        if (year, month) not in made_months():
            raise ValueError(f"there are no records of {year}-{month:02}")
        cursor.execute("SELECT 1 FROM usage_mark FOR UPDATE")
        bounds = {"start": start, "end": end}
        cursor.execute("DELETE FROM usage_hour WHERE hour >= %(start)s AND hour < %(end)s", bounds)
        cursor.execute(
            f"""
            INSERT INTO usage_hour (customer_id, meter_id, dimensions_id, hour, quantity, events)
            SELECT * FROM ({_RECORDED}) AS recorded ORDER BY 1, 2, 4, 3
            """,
            bounds,
        )


_RECORDED = """
    SELECT customer_id, meter_id, dimensions_id, usage_hour_of(occurred_at) AS hour,
           sum(quantity) AS quantity, sum(events)::bigint AS events
    FROM (
        SELECT customer_id, meter_id, dimensions_id, occurred_at, quantity, 1 AS events
        FROM usage_reading
        WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
          AND ingest_tx < (SELECT ingest_tx FROM usage_mark)
        UNION ALL
        SELECT r.customer_id, r.meter_id, r.dimensions_id, r.occurred_at, -r.quantity, -1
        FROM usage_void AS v
        JOIN usage_reading AS r ON r.occurred_at = v.occurred_at AND r.key = v.key
        WHERE r.occurred_at >= %(start)s AND r.occurred_at < %(end)s
          AND v.ingest_tx < (SELECT ingest_tx FROM usage_mark)
    ) AS counted
    GROUP BY 1, 2, 3, 4
"""
_DIFFERENCES = f"""
    SELECT customer_id, meter_id, dimensions_id, hour, coalesce(h.quantity, 0),
           coalesce(h.events, 0), coalesce(r.quantity, 0), coalesce(r.events, 0)
    FROM ({_RECORDED}) AS r
    FULL JOIN (
        SELECT * FROM usage_hour WHERE hour >= %(start)s AND hour < %(end)s
    ) AS h USING (customer_id, meter_id, dimensions_id, hour)
    WHERE (coalesce(h.quantity, 0), coalesce(h.events, 0))
          <> (coalesce(r.quantity, 0), coalesce(r.events, 0))
    ORDER BY customer_id, meter_id, hour, dimensions_id
"""
