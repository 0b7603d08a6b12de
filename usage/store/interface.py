"""What a usage store does: append once, aggregate, list. PostgreSQL is the first one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from values.period import Period


@dataclass(frozen=True, slots=True)
class NewReading:
    """What one meter counts of an event."""

    meter_id: int
    dimensions_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class NewEvent:
    """
    An event to append: attributed and measured, its body as it came.

    `customer_id` is None for one that goes to quarantine: its key is taken all the same.
    """

    key: UUID
    fingerprint: int
    source_id: int
    customer_id: int | None
    occurred_at: datetime
    event_name: str
    idempotency_key: str
    sent: str
    readings: tuple[NewReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Appended:
    """Which keys were new, and the fingerprints of those that were known."""

    new: frozenset[UUID]
    known: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class StoredQuantity:
    """A sum of readings: of one meter and combination, in one slice of a period."""

    meter_id: int
    dimensions_id: int
    slice: Period
    quantity: Decimal
    events: int


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event that a meter counts, its body as it came."""

    key: UUID
    occurred_at: datetime
    idempotency_key: str
    event_name: str
    sent: str


class UsageStore(Protocol):
    """Where events are kept."""

    def append(self, events: Sequence[NewEvent], *, received_at: datetime) -> Appended:
        """
        Store each event whose key is new, exactly once, and tell which were known.

        Runs inside the caller's transaction: keys and events come and go together.
        Two writers with one key: the second waits, then finds it known.
        """

    def snapshot(self) -> str:
        """
        Return a mark of what is stored and committed by now; what comes later is not in it.

        Taken by a transaction that has itself appended, it does not hold those events once
        the transaction is over: append and count in two.
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
        """
        Return the sums in each of these adjoining slices of what the snapshot shows.

        `unless_in` is an earlier snapshot: what it showed already is left out.
        """

    def events(
        self,
        *,
        customer_id: int,
        meter_id: int,
        span: Period,
        snapshot: str,
        about: Mapping[str, Collection[str]] | None = None,
    ) -> Iterator[StoredEvent]:
        """
        Yield the events that a meter counts in the span and the snapshot shows.

        In the order of times and idempotency keys; memory does not grow with their number.
        With `about` those of which a property, as text, has one of its values.
        """

    def fingerprints(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return the fingerprints of those keys that are taken."""

    def bodies(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Return the stored bodies of these keys, in quarantine or not."""
