"""
From aggregated quantities to the units that are priced.

The quantity of a period is at least 0, then rounded, then converted. All of it is done
cumulatively: a part of the period counts what is priced with it less what is priced without
it, so that any number of parts comes to the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from usage.metering.aggregation import at_least_zero
from usage.metering.combination import grouped, keys_apart
from usage.metering.meter import Meter, QuantityRounding, QuantityRoundingMode, UnitConversion
from usage.metering.quantity import Dimensions, Quantity
from values.exact import simplest
from values.number import Number, minus, plus


def billable(
    meter: Meter, quantities: Sequence[Quantity], *, by: Sequence[str] | None = None
) -> tuple[Quantity, ...]:
    """
    Return the quantities of one period in the unit that is priced, in the order given.

    Each combination (`by` as in `aggregate`: None for the group keys, empty where a model
    looks at the whole) counts at least 0 and is rounded and converted as one, from one stretch
    to the next and inside a stretch in the order given; a part may be 0.
    """
    counted = at_least_zero(meter, quantities, by=by)
    if meter.quantity_rounding is None and meter.unit_conversion is None:
        return counted
    keys = keys_apart(meter, by)
    priced: dict[int, Number] = {}
    so_far: dict[Dimensions, tuple[Number, Number]] = {}
    for index in sorted(range(len(counted)), key=lambda index: counted[index].period.start):
        combination = grouped(counted[index].dimensions, keys)
        metered, units = so_far.get(combination, (Decimal(0), Decimal(0)))
        metered = plus(metered, counted[index].quantity)
        after = priced_units(meter, metered)
        so_far[combination] = (metered, after)
        priced[index] = minus(after, units)
    return tuple(
        replace(quantity, quantity=priced[index]) for index, quantity in enumerate(counted)
    )


def priced_units(meter: Meter, quantity: Number) -> Number:
    """
    Return what an aggregated quantity of the meter comes to, rounded and converted.

    Exact: a Decimal where one holds it, else a Fraction (1 second is 1/60 minute). What is
    below zero is rounded by its size.
    """
    if meter.quantity_rounding is not None:
        quantity = rounded(quantity, meter.quantity_rounding)
    if meter.unit_conversion is not None:
        quantity = converted(quantity, meter.unit_conversion)
    return quantity


def rounded(quantity: Number, rounding: QuantityRounding) -> Number:
    """Return the quantity to so many places; up is away from zero."""
    scale = 10**rounding.places
    return simplest(_whole(Fraction(quantity) * scale, rounding.mode) / scale)


def converted(quantity: Number, conversion: UnitConversion) -> Number:
    """Return how many of the larger units it is, begun ones whole where the meter says so."""
    units = Fraction(quantity) / Fraction(conversion.divide_by)
    if conversion.rounds_up:
        units = _whole(units, QuantityRoundingMode.UP)
    return simplest(units)


def _whole(number: Fraction, mode: QuantityRoundingMode) -> Fraction:
    size = abs(number)
    match mode:
        case QuantityRoundingMode.UP:
            whole = -(-size // 1)
        case QuantityRoundingMode.DOWN:
            whole = size // 1
        case QuantityRoundingMode.HALF_UP:
            whole = (size + Fraction(1, 2)) // 1
    return Fraction(-whole if number < 0 else whole)
