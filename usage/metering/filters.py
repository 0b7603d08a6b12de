"""Which of the events of its name a meter takes."""

from __future__ import annotations

from collections.abc import Mapping

from usage.metering.dimension import dimension_text
from usage.metering.measurement_errors import BadValue
from usage.metering.meter import FilterValue, Meter
from values.exact import NotExact, exact_decimal
from values.numeric_range import NumericRange


def passes(meter: Meter, properties: Mapping[str, object]) -> bool:
    """
    Return whether every filter of the meter lets the event through.

    Allowed values compare as text, like dimensions; a range holds numbers. What is absent,
    no number of a range, or no plain value at all does not pass: it is another meter's event.
    """
    return all(_allows(name, wanted, properties) for name, wanted in meter.filters.items())


def _allows(name: str, wanted: FilterValue, properties: Mapping[str, object]) -> bool:
    value = properties.get(name)
    if value is None:
        return False
    if isinstance(wanted, NumericRange):
        try:
            return wanted.holds(exact_decimal(value))
        except NotExact:
            return False
    try:
        return dimension_text(name, value) in wanted
    except BadValue:
        return False
