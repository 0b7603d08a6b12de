"""The usage store in PostgreSQL: keys apart from events, events by month, sums by hour."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from usage.store.aggregate import aggregate, aggregate_between, current_snapshot
from usage.store.append import append_events, append_released
from usage.store.events import counted_events, stored_bodies, stored_body_bytes
from usage.store.interface import (
    Appended,
    NewEvent,
    NewVoid,
    StoredEvent,
    StoredQuantity,
    Voided,
)
from usage.store.keys import fingerprints_of
from usage.store.put_back import put_back_events
from usage.store.roll import roll
from usage.store.void import void_events
from values.period import Period


class PostgresUsageStore:
    """Events by COPY, each key once by the primary key of `usage_key`; see `UsageStore`."""

    def append(self, events: Sequence[NewEvent], *, received_at: datetime) -> Appended:
        """Store the events whose key is new; see `UsageStore.append`."""
        return append_events(events, received_at=received_at)

    def append_released(self, event: NewEvent, *, received_at: datetime) -> None:
        """Store an event whose key was taken when it went to quarantine."""
        append_released(event, received_at=received_at)

    def void(self, voids: Sequence[NewVoid], *, voided_at: datetime) -> Voided:
        """Let events count no more; see `UsageStore.void`."""
        return void_events(voids, voided_at=voided_at)

    def put_back(self, keys: Mapping[UUID, UUID], *, received_at: datetime) -> frozenset[UUID]:
        """Store events again under other keys; see `UsageStore.put_back`."""
        return put_back_events(keys, received_at=received_at)

    def snapshot(self) -> str:
        """Return which transactions have committed by now, as PostgreSQL writes it."""
        return current_snapshot()

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
        if unless_in is None:
            return aggregate(customer_id, meter_ids, slices, snapshot)
        return aggregate_between(customer_id, meter_ids, slices, unless_in, snapshot)

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
        return counted_events(customer_id, meter_id, span, snapshot, about)

    def fingerprints(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return the fingerprints of those keys that are taken; see `UsageStore`."""
        return fingerprints_of(keys)

    def bodies(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Return the stored bodies; see `UsageStore.bodies`."""
        return stored_bodies(keys)

    def body_bytes(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how long the stored bodies are; see `UsageStore.body_bytes`."""
        return stored_body_bytes(keys)

    def roll(self, *, goes_on: Callable[[], bool] = lambda: True) -> bool:
        """Bring the rollups up to date; see `UsageStore.roll`."""
        return roll(goes_on=goes_on)
