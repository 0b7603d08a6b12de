"""Each event to the contract and meter that bill it, or to the reason why none does."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from invoicing.assembly.terms import rated_properties
from plan_file.agreements import Agreement
from plan_file.attribution import Directory, without_duplicates
from plan_file.format.customers import Customer
from plan_file.format.document import Document
from plan_file.format.events import Event
from plan_file.results import JudgedEvent, QuarantinedEvent
from usage.metering.measurement import MeasurementError, MissingProperty, measure
from usage.metering.meter import Meter
from usage.metering.quantity import MeteredEvent
from values.period import Period

UNKNOWN_CUSTOMER = "unknown_customer"
NO_CONTRACT = "no_contract"
MISSING_PROPERTY = "missing_property"
BAD_VALUE = "bad_value"


class Usage:
    """The events of one contract and meter, in the order of their times and keys."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._times: list[datetime] = []

    def add(self, event: Event) -> None:
        """Take an event that comes at or after all taken so far."""
        self._events.append(event)
        self._times.append(event.occurred_at)

    def within(self, period: Period) -> Sequence[Event]:
        """Return the events of the period."""
        first = bisect_left(self._times, period.start)
        return self._events[first : bisect_left(self._times, period.end)]


@dataclass
class SortedUsage:
    """Usage by customer, place of the contract and meter; what is not billed; last events."""

    usage: dict[tuple[str, int, str], Usage] = field(default_factory=dict)
    last_at: dict[str, datetime] = field(default_factory=dict)
    quarantined: list[QuarantinedEvent] = field(default_factory=list)
    unpriced: list[JudgedEvent] = field(default_factory=list)
    unmetered: list[JudgedEvent] = field(default_factory=list)
    conflicts: list[JudgedEvent] = field(default_factory=list)


def metered(event: Event) -> MeteredEvent:
    """Return the event as a meter takes it."""
    return MeteredEvent(event.occurred_at, event.idempotency_key, event.properties)


def judged(event: Event, customer: str) -> JudgedEvent:
    """Return the event as a report names it."""
    return JudgedEvent(customer, event.idempotency_key, event.event_name, event.occurred_at)


def quarantined(
    event: Event, customer: str, reason: str, price: str | None = None
) -> QuarantinedEvent:
    """Return the event as the quarantine names it."""
    return QuarantinedEvent(
        customer, event.idempotency_key, event.event_name, event.occurred_at, reason, price
    )


def sort_usage(
    document: Document,
    events: Iterable[Event],
    agreements: Mapping[str, Sequence[Agreement]],
) -> SortedUsage:
    """Return every event once, or its verdict; ``agreements`` are by customer, as written."""
    directory = Directory(document)
    counted, conflicting = without_duplicates(events)
    by_name: dict[str, list[Meter]] = {}
    for meter in document.meters:
        by_name.setdefault(meter.event_name, []).append(meter)
    found = SortedUsage()
    for event in conflicting:
        customer = directory.customer_of(event)
        name = customer.external_id if customer else event.customer
        found.conflicts.append(judged(event, name))
    for event in sorted(counted, key=lambda event: (event.occurred_at, event.idempotency_key)):
        customer = directory.customer_of(event)
        if customer is None:
            found.quarantined.append(quarantined(event, event.customer, UNKNOWN_CUSTOMER))
            continue
        found.last_at[customer.external_id] = event.occurred_at
        meters = by_name.get(event.event_name, ())
        _sort(found, event, customer, meters, agreements[customer.external_id])
    return found


def _sort(
    found: SortedUsage,
    event: Event,
    customer: Customer,
    meters: Sequence[Meter],
    agreements: Sequence[Agreement],
) -> None:
    name = customer.external_id
    running = [
        (index, agreement)
        for index, agreement in enumerate(agreements)
        if agreement.contract.runs_at(event.occurred_at)
    ]
    priced = [
        (index, agreement, meter)
        for index, agreement in running
        for meter in meters
        if meter.code in agreement.terms.meters
    ]
    if not meters:
        found.unmetered.append(judged(event, name))
    elif not running:
        found.quarantined.append(quarantined(event, name, NO_CONTRACT))
    elif not priced:
        found.unpriced.append(judged(event, name))
    for index, agreement, meter in priced:
        reason = _unmeasured(event, agreement, meter)
        if reason is None:
            found.usage.setdefault((name, index, meter.code), Usage()).add(event)
        else:
            price = agreement.price_of(meter.code)
            found.quarantined.append(
                quarantined(event, name, reason, price.code if price else None)
            )


def _unmeasured(event: Event, agreement: Agreement, meter: Meter) -> str | None:
    try:
        measure(meter, event.properties, also=rated_properties(agreement.terms, meter.code))
    except MissingProperty:
        return MISSING_PROPERTY
    except MeasurementError:
        return BAD_VALUE
    return None
