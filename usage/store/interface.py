"""What a usage store does: append once, void, aggregate, list. PostgreSQL is the first one."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

import msgspec
from django.db import OperationalError

from values.period import Period


class StoreUnavailable(OperationalError):
    """The database that keeps the events does not answer: nothing is known of them for now."""


class NewReading(msgspec.Struct, frozen=True):
    """What one meter counts of an event."""

    meter_id: int
    dimensions_id: int
    quantity: Decimal


class NewEvent(msgspec.Struct, frozen=True):
    """
    An event to append: attributed and measured, its body as it came.

    `customer_id` is None for one that goes to quarantine: its key is taken all the same. Each
    meter has one reading at most.
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
class NewVoid:
    """An event that shall not count any more, why, and the key of the event that replaces it."""

    key: UUID
    reason: str
    replaced_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Voided:
    """Which events became void, which were so before, and which keys have no stored event."""

    new: frozenset[UUID]
    known: frozenset[UUID]
    missing: frozenset[UUID]


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

        Every key stands once among the events. Runs inside the caller's transaction: keys and
        events come and go together. Two writers with one key: the second waits, then finds it
        known.
        """

    def void(self, voids: Sequence[NewVoid], *, voided_at: datetime) -> Voided:
        """
        Let events count no more from this transaction on; the events themselves stay.

        What is void already stays void for its first reason. A snapshot taken before goes on
        showing what it showed: the event counted, and counts in it for ever.
        """

    def put_back(self, keys: Mapping[UUID, UUID], *, received_at: datetime) -> frozenset[UUID]:
        """
        Store events again under other keys, for the customers and amounts that they counted.

        `keys` leads from the key that is stored to the new one. Returns those that were free;
        one that is taken stays as it is.

        :raises NotStored: an event is not there; then nothing was stored.
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

        Void events do not count. `unless_in` is an earlier snapshot: then the answer is what
        was added to it since, less what was made void of it, so quantity and number of events
        may be negative.
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
        Yield the events that a meter counts in the span and the snapshot shows, but no void ones.

        In the order of times and idempotency keys; memory does not grow with their number.
        With `about` those of which a property, as text, has one of its values.
        """

    def fingerprints(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return the fingerprints of those keys that are taken."""

    def bodies(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Return the stored bodies of these keys, in quarantine or not, void or not."""

    def body_bytes(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how long in UTF-8 the bodies of these keys are, which are not read for that."""

    def roll(self, *, goes_on: Callable[[], bool] = lambda: True) -> bool:
        """
        Add what arrived since the last time to the rollups that sums are read from.

        In steps that are committed one by one, as long as there is more and it `goes_on`.
        No answer depends on when or whether it runs, but how fast it comes. False where another
        one is at it.
        """
