"""What was copied, held against where it came from."""

from dataclasses import dataclass
from decimal import Decimal

import structlog
from django.db import connection

from usage.store.clickhouse.client import query
from usage.store.clickhouse.mark import Mark
from usage.store.clickhouse.rows import Stretch
from usage.store.interface import StoreUnavailable

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows, the sum of their times in microseconds, and that of their quantities."""

    rows: int
    times: int
    quantity: Decimal = Decimal(0)


def assure(stretch: Stretch) -> None:
    """
    See that ClickHouse holds what these transactions stored, each row once.

    :raises StoreUnavailable: it does not, or does not answer.
    """
    for table in ("usage_record", "usage_void"):
        here, there = _in_postgres(table, stretch), _in_clickhouse(table, stretch)
        if here != there:
            log.error("usage_not_moved", table=table, here=str(here), there=str(there))
            raise StoreUnavailable(
                f"ClickHouse holds {there.rows} rows of {here.rows}, or not the same ones, that "
                f"were copied to {table}: they count from PostgreSQL until it has them all"
            )


def assure_nothing_lost(mark: Mark) -> None:
    """
    See that ClickHouse is the one to which usage has moved, as it was then or later.

    :raises StoreUnavailable: it is another one, or one that was restored, or does not answer.
    """
    ((noted,),) = query(
        "SELECT max(ingest_tx) FROM usage_moved WHERE installation = {installation:UUID}",
        {"installation": str(mark.installation)},
    )
    if noted < mark.ingest_tx:
        log.error("usage_lost_in_clickhouse", moved_until=mark.ingest_tx, noted=noted)
        raise StoreUnavailable(
            "ClickHouse lacks usage that was moved to it: `usage_clickhouse repair` copies again "
            "what PostgreSQL still holds"
        )


def _in_postgres(table: str, stretch: Stretch) -> Held:
    quantity = _QUANTITY_HERE[table]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), coalesce(sum(extract(epoch FROM occurred_at) * 1000000), 0), {quantity}
            FROM {table} WHERE {stretch.condition}
            """
        )
        rows, times, total = cursor.fetchone()
    return Held(rows, int(times), total)


def _in_clickhouse(table: str, stretch: Stretch) -> Held:
    # Seconds and what is below them apart: no sum of theirs is too large for 64 bits.
    ((rows, seconds, microseconds, total),) = query(
        f"""
        SELECT count(), sum(intDiv(instant, 1000000)), sum(instant % 1000000),
               {_QUANTITY_THERE[table]}
        FROM (
            SELECT *, toUnixTimestamp64Micro(occurred_at) AS instant FROM {table} FINAL
            WHERE ingest_tx >= {{start:UInt64}} AND ingest_tx < {{end:UInt64}}
        )
        """,
        {"start": stretch.start, "end": stretch.end},
    )
    return Held(rows, int(seconds) * 1_000_000 + int(microseconds), Decimal(total))


_QUANTITY_HERE = {"usage_record": "coalesce(sum(quantity), 0)", "usage_void": "0::numeric"}
_QUANTITY_THERE = {"usage_record": "toString(sum(quantity))", "usage_void": "'0'"}
