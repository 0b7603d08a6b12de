"""The sums of ClickHouse held against the rollups, which PostgreSQL made of the same records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from usage.store.clickhouse.client import query
from usage.store.clickhouse.mark import moved_until
from usage.store.clickhouse.question import microseconds
from usage.store.partitions import month_bounds

Sums = dict[tuple[int, int, int], tuple[Decimal, int]]
"""By customer, meter and combination: the quantity and how many events."""


class NotMoved(RuntimeError):
    """The rollups hold usage that has not moved yet."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A month's sum that the two databases do not agree on."""

    month: datetime
    customer_id: int
    meter_id: int
    dimensions_id: int
    rolled: tuple[Decimal, int]
    held: tuple[Decimal, int]


def differences() -> Iterator[Difference]:
    """
    Yield what differs, month by month, of all that the rollups hold as of one moment.

    Months whose records PostgreSQL does not hold any more are held against as well.

    :raises NotMoved: move first, and begin again.
    :raises StoreUnavailable:
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT ingest_tx::text FROM usage_mark")
            rolled_until = int(cursor.fetchone()[0])
        if rolled_until > moved_until().ingest_tx:
            raise NotMoved("there is usage that has not moved yet")
        for year, month in _months():
            start, end = month_bounds(year, month)
            rolled, held = _rolled(start, end), _held(start, end, rolled_until)
            for place in sorted(rolled.keys() | held.keys()):
                pair = rolled.get(place, _NOTHING), held.get(place, _NOTHING)
                if pair[0] != pair[1]:
                    yield Difference(start, *place, *pair)


_NOTHING = (Decimal(0), 0)


def _months() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT to_char(hour AT TIME ZONE 'UTC', 'YYYYMM')::int FROM usage_hour"
        )
        here = {month for (month,) in cursor.fetchall()}
    there = {month for (month,) in query("SELECT DISTINCT toYYYYMM(occurred_at) FROM usage_record")}
    return [divmod(month, 100) for month in sorted(here | there)]


def _rolled(start: datetime, end: datetime) -> Sums:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT customer_id, meter_id, dimensions_id, sum(quantity), sum(events)::bigint
            FROM usage_hour WHERE hour >= %s AND hour < %s
            GROUP BY 1, 2, 3 HAVING sum(events) <> 0 OR sum(quantity) <> 0
            """,
            [start, end],
        )
        return {tuple(place): (quantity, events) for *place, quantity, events in cursor.fetchall()}


def _held(start: datetime, end: datetime, rolled_until: int) -> Sums:
    rows = query(
        f"""
        SELECT customer_id, meter_id, dimensions_id, toString(sum(quantity)), count()
        FROM usage_record FINAL
        WHERE {_MONTH} AND meter_id != 0
          AND (occurred_at, key) NOT IN (SELECT occurred_at, key FROM usage_void WHERE {_MONTH})
        GROUP BY 1, 2, 3
        """,
        {
            "start": microseconds(start), "end": microseconds(end), "rolled_until": rolled_until,
        },
    )  # fmt: skip
    return {tuple(place): (Decimal(quantity), events) for *place, quantity, events in rows}


_MONTH = """
    occurred_at >= fromUnixTimestamp64Micro({start:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Micro({end:Int64}, 'UTC')
    AND ingest_tx < {rolled_until:UInt64}
"""
