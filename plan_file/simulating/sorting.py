"""Each event to the contract and meter that bill it, or to the reason why none does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plan_file.format.customers import Customer
from plan_file.format.document import Document
from plan_file.format.events import Event
from plan_file.results import JudgedEvent, QuarantinedEvent
from plan_file.simulating.agreements import Agreement
from plan_file.simulating.attribution import Directory
from plan_file.simulating.duplicates import Seen, Sighting
from plan_file.simulating.event_body import packed
from plan_file.simulating.event_store import EventSorter, SortedEvents
from plan_file.simulating.routes import Route, Taking, outcome_names, takings
from usage.metering.call_time import answered_at
from usage.metering.filters import passes
from usage.metering.measurement import measure
from usage.metering.measurement_errors import (
    BadValue,
    MeasurementError,
    MissingProperty,
    UnknownAction,
)
from usage.metering.meter import Meter

UNKNOWN_CUSTOMER = "unknown_customer"
NO_CONTRACT = "no_contract"
UNPRICED = "unpriced"
UNMETERED = "unmetered"

_AS_IT_IS = (False,)


@dataclass
class Verdicts:
    """
    What is known of events before they are rated.

    `unfit` are the keys of events that a meter cannot measure, by customer and meter code;
    `last_at` is the time of each customer's last event.
    """

    unfit: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    last_at: dict[str, datetime] = field(default_factory=dict)
    quarantined: list[QuarantinedEvent] = field(default_factory=list)
    unpriced: list[JudgedEvent] = field(default_factory=list)
    unmetered: list[JudgedEvent] = field(default_factory=list)
    conflicts: list[JudgedEvent] = field(default_factory=list)


@dataclass(frozen=True)
class SortedUsage:
    """
    Events by customer and name in the order of time, and the verdicts on them.

    `streams` are by customer, event name and whether the events are there as calls, by the
    time of their answer.
    """

    events: SortedEvents
    streams: Mapping[tuple[str, str, bool], int]
    verdicts: Verdicts


def sort_usage(
    document: Document,
    events: Iterable[Event],
    agreements: Mapping[str, Sequence[Agreement]],
) -> SortedUsage:
    """
    Return every event once, or its verdict; ``agreements`` are by customer, as written.

    An event is looked at once and then kept small, so that a file of any length can be read.
    """
    sorting = _Sorting(document, agreements)
    seen = Seen()
    for event in events:
        properties = packed(event.properties)
        sighting = seen.see(event, properties)
        if sighting is Sighting.FIRST:
            sorting.take(event, properties)
        elif sighting is Sighting.CONFLICT:
            sorting.refuse_conflict(event)
    return sorting.finish()


class _Sorting:
    """One pass over the events; calls count when they are answered, all others when they occur."""

    def __init__(self, document: Document, agreements: Mapping[str, Sequence[Agreement]]) -> None:
        self._directory = Directory(document)
        self._agreements = agreements
        self._meters: dict[str, list[Meter]] = {}
        for meter in document.meters:
            self._meters.setdefault(meter.event_name, []).append(meter)
        named = {
            name
            for agreed in agreements.values()
            for agreement in agreed
            for name, _ in outcome_names(agreement)
        }
        self._views = {
            name: _views(meters, feeds_outcomes=name in named)
            for name, meters in self._meters.items()
        }
        self._routes: dict[tuple[str, str, bool], Route] = {}
        self._sorter = EventSorter()
        self._found = Verdicts()

    def take(self, event: Event, properties: bytes) -> None:
        """Keep the event for those who bill it, and name it where nobody does."""
        first: _Verdict | None = None
        is_kept = False
        for as_call in self._views.get(event.event_name, _AS_IT_IS):
            verdict = self._judge(event, properties, as_call=as_call)
            is_kept = is_kept or verdict is None
            first = first or verdict
        if first is not None and not is_kept:
            self._report(event, first)

    def refuse_conflict(self, event: Event) -> None:
        """Name an event whose key is taken by another body."""
        customer = self._directory.customer_of(event.customer, event.occurred_at)
        name = customer.external_id if customer else event.customer
        self._found.conflicts.append(_judged(event, name, event.occurred_at))

    def finish(self) -> SortedUsage:
        """Return all that was taken."""
        streams = {key: route.stream for key, route in self._routes.items()}
        return SortedUsage(self._sorter.finish(), streams, self._found)

    def _judge(self, event: Event, properties: bytes, *, as_call: bool) -> _Verdict | None:
        """Return why nobody bills the event, None where it is kept for somebody."""
        at = _call_time(event) if as_call else event.occurred_at
        # A customer's external id goes before a subject's: who has a route needs no search.
        route = self._routes.get((event.customer, event.event_name, as_call))
        if route is None:
            customer = self._directory.customer_of(event.customer, at)
            if customer is None:
                return _Verdict(UNKNOWN_CUSTOMER, event.customer, at)
            route = self._route(customer, event.event_name, as_call=as_call)
        name = route.customer
        last_at = self._found.last_at.get(name)
        if last_at is None or last_at < at:
            self._found.last_at[name] = at
        is_taken = False
        for taking in route.takings:
            if taking.takes(at, event.properties):
                is_taken = True
                if taking.is_measured:
                    self._measure(event, name, taking, at)
        if is_taken or route.feeds_outcomes(at):
            self._sorter.add(route.stream, at, event.idempotency_key, properties)
            return None
        return _Verdict(self._why_not(event, route, name, at), name, at)

    def _why_not(self, event: Event, route: Route, customer: str, at: datetime) -> str:
        if not any(passes(meter, event.properties) for meter in route.meters):
            return UNMETERED
        runs = any(agreement.contract.runs_at(at) for agreement in self._agreements[customer])
        return UNPRICED if runs else NO_CONTRACT

    def _measure(self, event: Event, customer: str, taking: Taking, at: datetime) -> None:
        reason = _unmeasured(event, taking, at)
        if reason is None:
            return
        keys = self._found.unfit.setdefault((customer, taking.meter.code), set())
        keys.add(event.idempotency_key)
        self._found.quarantined.append(
            quarantined(event.idempotency_key, event.event_name, customer, at, reason, taking.price)
        )

    def _report(self, event: Event, verdict: _Verdict) -> None:
        if verdict.reason == UNMETERED:
            self._found.unmetered.append(_judged(event, verdict.customer, verdict.at))
        elif verdict.reason == UNPRICED:
            self._found.unpriced.append(_judged(event, verdict.customer, verdict.at))
        else:
            self._found.quarantined.append(
                quarantined(
                    event.idempotency_key,
                    event.event_name,
                    verdict.customer,
                    verdict.at,
                    verdict.reason,
                )
            )

    def _route(self, customer: Customer, event_name: str, *, as_call: bool) -> Route:
        key = (customer.external_id, event_name, as_call)
        route = self._routes.get(key)
        if route is None:
            meters = [meter for meter in self._meters.get(event_name, ()) if meter.calls is as_call]
            agreements = self._agreements[customer.external_id]
            route = _made_route(
                len(self._routes), customer.external_id, meters, agreements, event_name
            )
            self._routes[key] = route
        return route


@dataclass(frozen=True, slots=True)
class _Verdict:
    reason: str
    customer: str
    at: datetime


def _views(meters: Sequence[Meter], *, feeds_outcomes: bool) -> tuple[bool, ...]:
    """Return whether events of a name are looked at as what they are, as calls, or as both."""
    calls = (True,) if any(meter.calls for meter in meters) else ()
    others = feeds_outcomes or any(not meter.calls for meter in meters)
    return ((False,) if others else ()) + calls


def _made_route(
    stream: int,
    customer: str,
    meters: Sequence[Meter],
    agreements: Sequence[Agreement],
    event_name: str,
) -> Route:
    roles = [
        (agreement.contract, is_success)
        for agreement in agreements
        for name, is_success in outcome_names(agreement)
        if name == event_name
    ]
    return Route(
        stream=stream,
        customer=customer,
        meters=tuple(meters),
        takings=takings(agreements, meters),
        successes=tuple(contract for contract, is_success in roles if is_success),
        reverses=any(not is_success for _, is_success in roles),
    )


def _call_time(event: Event) -> datetime:
    """Return when a call was answered; one whose record is wrong is judged when it is rated."""
    try:
        return answered_at(event.properties) or event.occurred_at
    except BadValue:
        return event.occurred_at


def _unmeasured(event: Event, taking: Taking, at: datetime) -> str | None:
    try:
        measure(taking.meter, event.properties, at=at, also=taking.also)
    except (MissingProperty, UnknownAction) as error:
        return error.code
    except MeasurementError:
        return BadValue.code
    return None


def _judged(event: Event, customer: str, at: datetime) -> JudgedEvent:
    return JudgedEvent(customer, event.idempotency_key, event.event_name, at)


def quarantined(
    key: str, event_name: str, customer: str, at: datetime, reason: str, price: str | None = None
) -> QuarantinedEvent:
    """Return an event as the quarantine names it."""
    return QuarantinedEvent(customer, key, event_name, at, reason, price)
