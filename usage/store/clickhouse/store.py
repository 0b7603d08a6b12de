"""The usage store whose events are in ClickHouse, and wait in PostgreSQL until they are there."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from uuid import UUID

from usage.store.clickhouse.aggregate import as_quantities, difference, total
from usage.store.clickhouse.events import (
    counted_in_both,
    elsewhere,
    moved_bodies,
    moved_body_bytes,
)
from usage.store.clickhouse.mover import move
from usage.store.interface import StoredEvent, StoredQuantity
from usage.store.postgres import PostgresUsageStore
from values.period import Period


class ClickHouseUsageStore(PostgresUsageStore):
    """
    Writes as the store in PostgreSQL does, in the same transactions; reads from both.

    What is asked of ClickHouse raises `StoreUnavailable` while that does not answer. Appending,
    voiding and putting back ask nothing of it: they are PostgreSQL's, and so is its refusal of
    events that it does not hold any more.
    """

    def aggregate(
        self,
        *,
        customer_id: int,
        meter_ids: Sequence[int],
        slices: Sequence[Period],
        snapshot: str,
        unless_in: str | None = None,
    ) -> list[StoredQuantity]:
        """Return the sums per meter, combination and slice; see `UsageStore.aggregate`."""
        total_of = partial(total, customer_id=customer_id, meter_ids=meter_ids, slices=slices)
        sums = total_of(snapshot=snapshot, with_own=True)
        if unless_in is None:
            counted = {place: found for place, found in sums.items() if found[1]}
        else:
            earlier = total_of(snapshot=unless_in, with_own=False)
            counted = {
                place: found for place, found in difference(sums, earlier).items() if any(found)
            }
        return as_quantities(counted, slices)

    def events(
        self,
        *,
        customer_id: int,
        meter_id: int,
        span: Period,
        snapshot: str,
        about: Mapping[str, Collection[str]] | None = None,
    ) -> Iterator[StoredEvent]:
        """Yield a meter's events in order; see `UsageStore.events`."""
        return counted_in_both(customer_id, meter_id, span, snapshot, about)

    def bodies(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Return the stored bodies; see `UsageStore.bodies`."""
        here = super().bodies(keys)
        missing = [key for key in keys if key not in here]
        gone = elsewhere(missing) if missing else []
        return {**here, **moved_bodies(gone)} if gone else here

    def body_bytes(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how long the stored bodies are; see `UsageStore.body_bytes`."""
        here = super().body_bytes(keys)
        missing = [key for key in keys if key not in here]
        gone = elsewhere(missing) if missing else []
        return {**here, **moved_body_bytes(gone)} if gone else here

    def roll(self, *, goes_on: Callable[[], bool] = lambda: True) -> bool:
        """Bring the rollups up to date, then move what arrived; see `UsageStore.roll`."""
        is_rolled = super().roll(goes_on=goes_on)
        move(goes_on=goes_on)
        return is_rolled
