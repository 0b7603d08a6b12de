"""
Meters made ready to count the events of one batch, quickly.

What an event comes to is said by `usage.metering`. Here the usual number of a usual event is
taken without asking, and a combination that was seen before is not checked again; all else is
left to the engine. A test holds both to the same answers.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from usage.intake.sent_event import SentEvent
from usage.metering.call_time import is_answered
from usage.metering.event_rounding import round_event
from usage.metering.filters import passes
from usage.metering.meter import Aggregation
from usage.metering.meter import Meter as MeterTerms
from usage.operations.accepting.outcome import Counted, Kind
from usage.operations.dimension_sets import combination_text
from usage.operations.measure_event import (
    LARGEST_QUANTITY,
    TAKEN_BACK,
    CountingMeter,
    measured_by,
)
from values.exact import MAX_FRACTION_DIGITS, NotExact, exact_decimal

Count = Callable[[SentEvent, datetime], Counted | None]
"""
What a meter counts of an event of that time, None where its filters keep it out.

:raises Rejected: the meter cannot read it.
:raises UnknownAction: it takes no known number of credits at its time.
"""

_Number = Callable[[Mapping[str, Any]], Decimal | None]
_ONE = Decimal(1)
_NOTHING = Decimal(0)


def counting(meter: CountingMeter, *, event_name: str) -> Count:
    """Return the function that counts events of this name, for one batch."""
    if meter.terms.event_name != event_name:
        taken_back = Counted(
            Kind((meter.row.pk, combination_text(TAKEN_BACK.dimensions)), TAKEN_BACK.absent),
            TAKEN_BACK.value,
        )
        return lambda event, at: taken_back
    return _counting(meter, _number_of(meter.terms))


def _counting(meter: CountingMeter, number: _Number) -> Count:
    names, filters, meter_id = meter.terms.group_keys, meter.terms.filters, meter.row.pk
    # Texts alone: 1 and true are one key of a dictionary, and two combinations.
    known: dict[tuple[Any, ...], Kind] = {}

    def count(event: SentEvent, at: datetime) -> Counted | None:
        properties = event.properties
        if filters and not passes(meter.terms, properties):
            return None
        values = tuple([properties.get(name) for name in names])
        try:
            kind = known.get(values)
        except TypeError:  # a list or an object, which the engine refuses
            kind = None
        if kind is not None:
            quantity = number(properties)
            if quantity is not None:
                return Counted(kind, quantity)
        ((_, measured),) = measured_by(event, (meter,), at=at)
        kind = Kind(
            (meter_id, combination_text(measured.dimensions)), tuple(sorted(measured.absent))
        )
        if all(value is None or type(value) is str for value in values):
            known[values] = kind
        return Counted(kind, measured.value)

    return count


def _number_of(terms: MeterTerms) -> _Number:
    """Return the function that takes the usual number of an event, None for any other."""
    name, calls, rounding = terms.property, terms.calls, terms.event_rounding
    if terms.aggregation is Aggregation.UNIQUE_COUNT or terms.action_property is not None:
        return lambda properties: None
    if name is None:
        return lambda properties: _ONE

    def number(properties: Mapping[str, Any]) -> Decimal | None:
        raw = properties.get(name)
        if calls and (raw is None or not is_answered(properties)):
            return _NOTHING
        value = _usual_number(raw)
        if value is None or rounding is None:
            return value
        value = round_event(value, rounding)
        return value if value <= LARGEST_QUANTITY else None

    return number


def _usual_number(raw: Any) -> Decimal | None:
    """Return what is exact, not below zero and not too large; None for what needs a look."""
    if type(raw) is int:
        return Decimal(raw) if 0 <= raw <= LARGEST_QUANTITY else None
    if type(raw) is str:
        try:
            raw = exact_decimal(raw)
        except NotExact:
            return None
        return raw if 0 <= raw <= LARGEST_QUANTITY else None
    if type(raw) is Decimal and 0 < raw <= LARGEST_QUANTITY:
        exponent = raw.as_tuple().exponent
        return raw if -MAX_FRACTION_DIGITS <= exponent <= 0 else None  # type: ignore[operator]
    return None
