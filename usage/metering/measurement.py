"""What one event says to one meter, and why it may say nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from usage.metering.meter import Aggregation, Meter
from values.exact import NotExact, exact_decimal

LONGEST_DIMENSION = 255
"""Characters of a dimension's value: it stands on invoices, and in every line's key."""

# Control and format characters (among them those that turn the direction of writing), and the
# two that break a line: text that prints as nothing, or as other than it is.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
_ONE = Decimal(1)


class MeasurementError(ValueError):
    """The event has no usable value; `pointer` is the JSON pointer of the property at fault."""

    code: ClassVar[str]

    def __init__(self, *, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.pointer = "/properties/" + name.replace("~", "~0").replace("/", "~1")


class MissingProperty(MeasurementError):
    """The property that the meter adds up is not there."""

    code = "missing_property"


class BadValue(MeasurementError):
    """The property is there and is nothing that the meter can read."""

    code = "bad_value"


class NegativeQuantity(MeasurementError):
    """The value is below zero and the meter allows no corrections."""

    code = "negative_quantity"


@dataclass(frozen=True, slots=True)
class Measurement:
    """The value in the meter's unit, the dimensions, and the group keys that were not there."""

    value: Decimal
    dimensions: dict[str, str]
    absent: tuple[str, ...]


def measure(
    meter: Meter, properties: Mapping[str, object], *, also: Iterable[str] = ()
) -> Measurement:
    """
    Return what the event counts for; a count's value is 1.

    `also` names properties beyond the group keys that become dimensions (rates match them).

    :raises MissingProperty: the property to add up is absent or null.
    :raises BadValue: it is no exact number, or a dimension is nothing that can be printed.
    :raises NegativeQuantity:
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
    return Measurement(_value(meter, properties), dimensions, tuple(absent))


def dimension_text(name: str, value: object) -> str | None:
    """
    Return a property as it is compared: 2 is ``2``, true is ``true``, null is absent (None).

    :raises BadValue: an object, a list, a number that is not exact, or a text that is longer
        than `LONGEST_DIMENSION` or holds a control or format character.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _printable(name, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list | tuple):
        raise BadValue(name=name, reason=f"'{name}' must be one value, not a list or an object")
    try:
        return format(exact_decimal(value), "f")
    except NotExact as error:
        raise BadValue(name=name, reason=f"'{name}': {error}") from error


def _printable(name: str, text: str) -> str:
    if len(text) > LONGEST_DIMENSION:
        reason = f"'{name}' has more than {LONGEST_DIMENSION} characters"
        raise BadValue(name=name, reason=reason)
    if text.isprintable():
        return text
    for character in text:
        if unicodedata.category(character) in _UNPRINTABLE:
            reason = f"'{name}' holds the invisible character U+{ord(character):04X}"
            raise BadValue(name=name, reason=reason)
    return text


def _value(meter: Meter, properties: Mapping[str, object]) -> Decimal:
    if meter.aggregation == Aggregation.COUNT or meter.property is None:
        return _ONE
    name = meter.property
    raw = properties.get(name)
    if raw is None:
        raise MissingProperty(name=name, reason=f"'{name}' is missing")
    try:
        value = exact_decimal(raw)
    except NotExact as error:
        raise BadValue(name=name, reason=f"'{name}': {error}") from error
    if value < 0 and not meter.allows_negative:
        raise NegativeQuantity(name=name, reason=f"'{name}' must not be negative")
    return value
