"""Whose an event is and when it counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from accounts.models import Customer
from usage.intake.sent_event import Fault, Rejected, SentEvent
from usage.operations.measure_event import FURTHEST_AHEAD, CountingMeter, counted_at
from usage.queries.attribution import Attribution

Meters = Mapping[tuple[int, str], Sequence[CountingMeter]]
"""By legal entity and event name."""


class _Clock(NamedTuple):
    """The time at a customer, and the latest that an event of theirs may have."""

    now: datetime
    latest: datetime


class Attributor:
    """Attributes the events of one batch, as of `now`."""

    def __init__(self, attribution: Attribution, *, meters: Meters, now: datetime) -> None:
        self._attribution = attribution
        self._now = now
        self._nobodys_clock = _Clock(now, now + FURTHEST_AHEAD)
        self._clocks: dict[int, _Clock] = {}
        # Who names a customer by an id names the same one at any time.
        self._named: dict[str, tuple[Customer, _Clock]] = {}
        # Nearly no event name has meters of calls; the others need no search for an answer.
        self._call_meters: dict[str, list[tuple[int, CountingMeter]]] = {}
        for (entity_id, name), found in meters.items():
            calls = [(entity_id, meter) for meter in found if meter.terms.calls]
            if calls:
                self._call_meters.setdefault(name, []).extend(calls)

    def attribute(self, event: SentEvent) -> tuple[Customer | None, datetime]:
        """
        Return whose event it is, None where nobody's, and when it counts.

        :raises Rejected: its time is more than a year ahead, or its answer is no time.
        """
        named = self._named.get(event.customer)
        if named is None:
            customer = self._holder(event, event.occurred_at)
            clock = self._clock(customer)
            if customer is not None and self._attribution.is_own_id(event.customer):
                self._named[event.customer] = customer, clock
        else:
            customer, clock = named
        occurred_at = event.occurred_at or clock.now
        if occurred_at > clock.latest:
            reason = "the time is more than a year ahead"
            raise Rejected(Fault("/occurred_at", "too_far_ahead", reason))
        calls = self._call_meters.get(event.event_name)
        if calls is None:
            return customer, occurred_at
        possible = [
            meter
            for entity_id, meter in calls
            if customer is None or customer.legal_entity_id == entity_id
        ]
        at = counted_at(event, possible, occurred_at=occurred_at, latest=clock.latest)
        if at != occurred_at:
            # Whose number it was, too, is told by when the call was answered.
            customer = self._holder(event, at)
        return customer, at

    def _holder(self, event: SentEvent, at: datetime | None) -> Customer | None:
        return self._attribution.customer(event.customer, occurred_at=at, now=self._now)

    def _clock(self, customer: Customer | None) -> _Clock:
        if customer is None:
            return self._nobodys_clock
        clock = self._clocks.get(customer.pk)
        if clock is None:
            local_now = customer.now(now=self._now)
            clock = _Clock(local_now, max(self._now, local_now) + FURTHEST_AHEAD)
            self._clocks[customer.pk] = clock
        return clock
