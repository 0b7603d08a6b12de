"""Sums of both databases: ClickHouse up to the mark, PostgreSQL from there on."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from usage.store.clickhouse.archived import refuse_unmoved
from usage.store.clickhouse.client import query
from usage.store.clickhouse.compare import assure_nothing_lost
from usage.store.clickhouse.mark import Mark
from usage.store.clickhouse.question import (
    KEYS_AT_ONCE,
    RECORDS,
    VOIDS,
    Question,
    microseconds,
    one_of,
)
from usage.store.interface import StoredQuantity
from values.exact import EXACT, plain
from values.period import Period

Place = tuple[int, int, int]
"""Meter, combination, and number of the slice, from 1."""
Sums = dict[Place, tuple[Decimal, int]]

_NONE = (Decimal(0), 0)


def total(
    *,
    customer_id: int,
    meter_ids: Sequence[int],
    slices: Sequence[Period],
    snapshot: str,
    with_own: bool,
) -> Sums:
    """
    Return the sums that a snapshot shows, `with_own` also of what this transaction stored.

    :raises StoreUnavailable:
    :raises MonthArchived: records of the slices went into files before they moved.
    """
    asked = Question(customer_id, meter_ids, slices[0].start, slices[-1].end, snapshot)
    bounds = [*(part.start for part in slices), slices[-1].end]
    mark, sums = _waiting(asked, bounds, with_own)
    refuse_unmoved(mark, asked.start, asked.end)
    assure_nothing_lost(mark)
    _add(sums, _moved(asked, mark, [microseconds(bound) for bound in bounds]))
    for keys in _chunks(_fresh_voids(asked, mark, with_own)):
        voided = _moved(asked, mark, [microseconds(bound) for bound in bounds], keys)
        _add(sums, voided, times=-1)
    return sums


def difference(sums: Sums, earlier: Sums) -> Sums:
    """Return the sums less what they were earlier."""
    changed = dict(sums)
    _add(changed, earlier, times=-1)
    return changed


def as_quantities(sums: Sums, slices: Sequence[Period]) -> list[StoredQuantity]:
    """Return the sums in the order of meters, combinations and slices."""
    return [
        StoredQuantity(
            meter_id=meter_id,
            dimensions_id=dimensions_id,
            slice=slices[place - 1],
            quantity=quantity,
            events=events,
        )
        for (meter_id, dimensions_id, place), (quantity, events) in sorted(sums.items())
    ]


def _add(sums: Sums, more: Sums, *, times: int = 1) -> None:
    for place, (quantity, events) in more.items():
        known, counted = sums.get(place, _NONE)
        sums[place] = EXACT.fma(quantity, times, known), counted + times * events


def _moved(asked: Question, mark: Mark, bounds: Sequence[int], keys: Sequence[UUID] = ()) -> Sums:
    """Return what ClickHouse holds, of these keys alone where there are any."""
    among = f"AND {one_of(keys)}" if keys else ""
    rows = query(
        f"""
        SELECT meter_id, dimensions_id, slice, toString(sum(quantity)), count()
        FROM (
            SELECT meter_id, dimensions_id, quantity,
                   arrayCount(bound -> bound <= toUnixTimestamp64Micro(occurred_at),
                              {list(bounds)}) AS slice
            FROM usage_record FINAL
            WHERE {RECORDS} {among}
              AND key NOT IN (SELECT key FROM usage_void WHERE {VOIDS})
        )
        GROUP BY 1, 2, 3
        """,
        asked.parameters(mark),
    )
    return {
        (meter_id, dimensions_id, place): (Decimal(plain(Decimal(quantity))), events)
        for meter_id, dimensions_id, place, quantity, events in rows
    }


def _waiting(asked: Question, bounds: Sequence[Any], with_own: bool) -> tuple[Mark, Sums]:
    """Return the mark, and what PostgreSQL alone holds, both as of one moment."""
    with connection.cursor() as cursor:
        shown = _SHOWN[with_own]
        cursor.execute(
            _WAITING.format(record=shown.format("r.ingest_tx"), void=shown.format("v.ingest_tx")),
            {**_in_postgres(asked), "bounds": list(bounds)},
        )
        (installation, ingest_tx, *_), *rows = cursor.fetchall()
    sums = {
        (meter_id, dimensions_id, place): (Decimal(plain(quantity)), events)
        for _, _, meter_id, dimensions_id, place, quantity, events in rows
    }
    return Mark(installation, int(ingest_tx)), sums


def _fresh_voids(asked: Question, mark: Mark, with_own: bool) -> Iterator[UUID]:
    """Yield the keys of events that the snapshot shows as void, and ClickHouse does not yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT v.key FROM usage_void AS v
            WHERE v.customer_id = %(customer)s
              AND v.occurred_at >= %(start)s AND v.occurred_at < %(end)s
              AND v.ingest_tx >= %(mark)s::text::xid8
              AND {_SHOWN[with_own].format("v.ingest_tx")}
            """,
            {**_in_postgres(asked), "mark": str(mark.ingest_tx)},
        )
        while found := cursor.fetchmany(KEYS_AT_ONCE):
            yield from (key for (key,) in found)


def _in_postgres(asked: Question) -> dict[str, Any]:
    return {
        "customer": asked.customer_id,
        "meters": list(asked.meter_ids),
        "start": asked.start,
        "end": asked.end,
        "seen": asked.snapshot,
    }


def _chunks(keys: Iterator[UUID]) -> Iterator[list[UUID]]:
    while chunk := list(islice(keys, KEYS_AT_ONCE)):
        yield chunk


_SHOWN = {
    True: "usage_shown({}, %(seen)s)",
    False: "pg_visible_in_snapshot({}, %(seen)s::pg_snapshot)",
}
# The first row is the mark.
_WAITING = """
    WITH moved AS MATERIALIZED (SELECT installation, ingest_tx FROM usage_moved)
    SELECT installation, ingest_tx::text, NULL, NULL, NULL, NULL, NULL FROM moved
    UNION ALL
    (SELECT NULL, NULL, r.meter_id, r.dimensions_id,
            width_bucket(r.occurred_at, %(bounds)s::timestamptz[]), sum(r.quantity), count(*)
     FROM usage_record AS r
     WHERE r.customer_id = %(customer)s AND r.meter_id = ANY(%(meters)s)
       AND r.occurred_at >= %(start)s AND r.occurred_at < %(end)s
       AND r.ingest_tx >= (SELECT ingest_tx FROM moved) AND {record}
       AND NOT EXISTS (SELECT 1 FROM usage_void AS v WHERE v.key = r.key AND {void})
     GROUP BY 3, 4, 5)
"""
