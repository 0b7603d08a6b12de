"""What one event says to one meter, and why it may say nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from usage.metering.call_time import is_answered
from usage.metering.credit_units import units_of
from usage.metering.dimension import dimension_text
from usage.metering.event_rounding import round_event
from usage.metering.measurement_errors import (
    BadValue,
    MeasurementError,
    MissingProperty,
    NegativeQuantity,
    UnknownAction,
)
from usage.metering.meter import Aggregation, Meter
from values.exact import EXACT, NotExact, exact_decimal

__all__ = [
    "BadValue",
    "Measurement",
    "MeasurementError",
    "MissingProperty",
    "NegativeQuantity",
    "UnknownAction",
    "measure",
]

_ONE = Decimal(1)
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Measurement:
    """
    The value in the meter's unit, the dimensions, and the group keys that were not there.

    `thing` is what a unique count tells apart; its value is 1.
    """

    value: Decimal
    dimensions: dict[str, str]
    absent: tuple[str, ...]
    thing: str | None = None


def measure(
    meter: Meter,
    properties: Mapping[str, object],
    *,
    at: datetime | None = None,
    also: Iterable[str] = (),
) -> Measurement:
    """
    Return what the event counts for: each rounded, then turned into credits; a count is 1.

    `at` is the time of the event, which decides what an action costs; a meter of actions
    needs it. `also` names properties beyond the group keys that become dimensions (rates match
    them). A phone call without the property, or that nobody answered, counts 0: whether it is
    billed is up to the price.

    :raises MissingProperty: the property to aggregate, or the action, is absent or null.
    :raises BadValue: it is no exact number, or a dimension is nothing that can be printed.
    :raises NegativeQuantity:
    :raises UnknownAction: the version of that time gives the action no credits.
    """
    dimensions: dict[str, str] = {}
    absent = []
    for key in meter.group_keys:
        text = dimension_text(key, properties.get(key))
        if text is None:
            absent.append(key)
        else:
            dimensions[key] = text
    for key in also:
        text = dimension_text(key, properties.get(key))
        if text is not None:
            dimensions[key] = text
    if meter.aggregation is Aggregation.UNIQUE_COUNT:
        return Measurement(_ONE, dimensions, tuple(absent), _text(meter.property or "", properties))
    value = _value(meter, properties)
    if meter.action_property is not None:
        value = EXACT.multiply(value, _units(meter, meter.action_property, properties, at))
    return Measurement(value, dimensions, tuple(absent))


def _text(name: str, properties: Mapping[str, object]) -> str:
    text = dimension_text(name, properties.get(name))
    if text is None:
        raise MissingProperty(name=name, reason=f"'{name}' is missing")
    return text


def _value(meter: Meter, properties: Mapping[str, object]) -> Decimal:
    name = meter.property
    if name is None:
        return _ONE
    raw = properties.get(name)
    if meter.calls and (raw is None or not is_answered(properties)):
        return _NOTHING
    if raw is None:
        raise MissingProperty(name=name, reason=f"'{name}' is missing")
    try:
        value = exact_decimal(raw)
    except NotExact as error:
        raise BadValue(name=name, reason=f"'{name}': {error}") from error
    if value < 0 and not meter.takes_negative:
        raise NegativeQuantity(name=name, reason=f"'{name}' must not be negative")
    return value if meter.event_rounding is None else round_event(value, meter.event_rounding)


def _units(
    meter: Meter, name: str, properties: Mapping[str, object], at: datetime | None
) -> Decimal:
    if at is None:
        raise ValueError(f"{meter.code}: what an action costs depends on the time of the event")
    action = _text(name, properties)
    units = units_of(action, meter.credit_units, at=at)
    if units is None:
        raise UnknownAction(name=name, reason=f"'{name}': {action!r} takes no known credits")
    return units
