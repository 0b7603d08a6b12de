"""
Usage that somebody only asks about, ready for the invoice function: nothing of it is stored.

It comes as quantities (so much of a meter) and as events. A quantity of a meter that adds up
is taken as counted; where a price looks at events each such quantity is one of them. Of any
other meter it stands for an event: the highest or latest value, a change of a level, or so
many different things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.terms import ContractTerms, rated_properties
from invoicing.rating.lines import QuarantineReason
from invoicing.rating.price import PriceKind
from usage.metering.aggregation import aggregate
from usage.metering.call_time import event_time
from usage.metering.filters import passes
from usage.metering.measurement import measure
from usage.metering.measurement_errors import (
    BadValue,
    MeasurementError,
    MissingProperty,
    UnknownAction,
)
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent, Quantity
from values.exact import plain
from values.period import Period


@dataclass(frozen=True, slots=True)
class SampleQuantity:
    """So much of a meter, in its own unit, with these dimensions at a time."""

    meter: str
    dimensions: Mapping[str, str]
    quantity: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """An event as it would be sent; keys are those of different events."""

    key: str
    event_name: str
    occurred_at: datetime
    properties: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that counts for nothing, or not for one of its meters, and why."""

    event: SampleEvent
    meter: str | None
    reason: str


UNMETERED = "unmetered"
"""No meter of the prices takes the event."""
OUTSIDE = "outside_period"
"""It happens before or after the period that is asked about."""
UNKNOWN_ACTION = "unknown_action"


@dataclass(frozen=True, slots=True)
class SampleUsage:
    """A reader for one period, and the events that are set aside."""

    reader: GivenUsage
    set_aside: tuple[SetAside, ...]


def sample_usage(
    *,
    terms: ContractTerms,
    period: Period,
    sliced_at: Sequence[datetime],
    quantities: Sequence[SampleQuantity] = (),
    events: Sequence[SampleEvent] = (),
) -> SampleUsage:
    """
    Return the usage of a period in the stretches between the instants `sliced_at`.

    `quantities` have no problems (`quantity_problems`) and lie in the period.
    """
    taken: dict[str, list[MeteredEvent]] = {code: [] for code in terms.meters}
    set_aside: list[SetAside] = []
    for event in events:
        set_aside += _take(event, terms, period, taken)
    sums: dict[str, list[Quantity]] = {}
    stretches = period.split(sliced_at)
    for code, meter in terms.meters.items():
        own = [asked for asked in quantities if asked.meter == code]
        if not meter.adds_up:
            taken[code] += _as_events(meter, own)
            continue
        also = rated_properties(terms, code)
        measured = (
            () if meter.calls else aggregate(meter, taken[code], period, sliced_at, also=also)
        )
        sums[code] = [*measured, *(_as_sum(meter, asked, stretches) for asked in own)]
    by_name: dict[str, list[MeteredEvent]] = {}
    for event in events:
        metered = MeteredEvent(event.occurred_at, event.key, event.properties)
        by_name.setdefault(event.event_name, []).append(metered)
    return SampleUsage(GivenUsage(sums, taken, by_name), tuple(set_aside))


def _take(
    event: SampleEvent,
    terms: ContractTerms,
    period: Period,
    taken: dict[str, list[MeteredEvent]],
) -> Iterator[SetAside]:
    """Give an event to the meters that count it; yield why one does not."""
    is_taken = event.event_name in _outcome_names(terms)
    for code, meter in terms.meters.items():
        if meter.event_name != event.event_name or not passes(meter, event.properties):
            continue
        is_taken = True
        at = _counted_at(meter, event)
        reason = _unfit(terms, meter, event, at) if period.contains(at) else OUTSIDE
        if reason is None:
            taken[code].append(MeteredEvent(at, event.key, event.properties))
        else:
            yield SetAside(event, code, reason)
    if not is_taken:
        yield SetAside(event, None, UNMETERED)


def _outcome_names(terms: ContractTerms) -> frozenset[str]:
    rules = [version.outcome for price in terms.prices for version in price.versions]
    return frozenset(
        name
        for rule in rules
        if rule is not None
        for name in (rule.success_event, *rule.reversal_events)
    )


def _counted_at(meter: Meter, event: SampleEvent) -> datetime:
    """Return the time that decides; a call whose record is wrong is judged when it is rated."""
    try:
        return event_time(meter, event.properties, event.occurred_at).at
    except BadValue:
        return event.occurred_at


def _unfit(terms: ContractTerms, meter: Meter, event: SampleEvent, at: datetime) -> str | None:
    looks = [price for price in terms.prices if meter.code in price.meters]
    if looks and all(price.kind is PriceKind.CALL for price in looks):
        return None
    try:
        measure(meter, event.properties, at=at, also=rated_properties(terms, meter.code))
    except UnknownAction:
        return UNKNOWN_ACTION
    except MissingProperty:
        return QuarantineReason.MISSING_PROPERTY
    except MeasurementError:
        return QuarantineReason.BAD_VALUE
    return None


def _as_sum(meter: Meter, asked: SampleQuantity, stretches: Sequence[Period]) -> Quantity:
    stretch = next(stretch for stretch in stretches if stretch.contains(asked.at))
    events = int(asked.quantity) if meter.aggregation is Aggregation.COUNT else 1
    return Quantity(tuple(sorted(asked.dimensions.items())), stretch, asked.quantity, events)


def _as_events(meter: Meter, quantities: Sequence[SampleQuantity]) -> Iterator[MeteredEvent]:
    name = meter.property or ""
    for index, asked in enumerate(quantities):
        key = f"quantity-{index:04}"
        if meter.aggregation is Aggregation.UNIQUE_COUNT:
            for number in range(int(asked.quantity)):
                thing = f"{key}-{number:05}"
                yield MeteredEvent(asked.at, thing, {**asked.dimensions, name: thing})
        else:
            yield MeteredEvent(asked.at, key, {**asked.dimensions, name: plain(asked.quantity)})
