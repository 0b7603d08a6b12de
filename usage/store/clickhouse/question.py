"""One customer's records in a span of time, as ClickHouse is asked for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from usage.store.clickhouse.mark import Mark
from usage.store.clickhouse.snapshot import SHOWN, read_snapshot

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(instant: datetime) -> int:
    """Return the microseconds since 1970: exact, whatever zone anybody's clock is set to."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant_of(count: int) -> datetime:
    """Return the instant, in UTC."""
    return _EPOCH + timedelta(microseconds=count)


# What stands in the text of a query, which may be a quarter of a megabyte.
KEYS_AT_ONCE = 1_000


def one_of(keys: Iterable[UUID]) -> str:
    """Return the condition that a row's key is one of these."""
    # In the text, which may be long; parameters stand in the address.
    return f"key IN ({', '.join(map(repr, map(str, keys)))})"


@dataclass(frozen=True, slots=True)
class Question:
    """A customer's records of these meters from `start` on, before `end`, as a snapshot shows."""

    customer_id: int
    meter_ids: Sequence[int]
    start: datetime
    end: datetime
    snapshot: str

    def parameters(self, mark: Mark) -> Mapping[str, Any]:
        """Return the parameters of `RECORDS` and `VOIDS`, as far as the mark goes."""
        return {
            "customer": self.customer_id,
            "meters": list(self.meter_ids),
            "start": microseconds(self.start),
            "end": microseconds(self.end),
            "mark": mark.ingest_tx,
            **read_snapshot(self.snapshot).parameters(),
        }


_SPAN = """
    customer_id = {customer:UInt32}
    AND occurred_at >= fromUnixTimestamp64Micro({start:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Micro({end:Int64}, 'UTC')
"""
# Conditions on `usage_record FINAL` and on `usage_void`.
RECORDS = (
    f"{_SPAN} AND meter_id IN {{meters:Array(UInt32)}} AND ingest_tx < {{mark:UInt64}} AND {SHOWN}"
)
VOIDS = f"{_SPAN} AND ingest_tx < {{mark:UInt64}} AND {SHOWN}"
