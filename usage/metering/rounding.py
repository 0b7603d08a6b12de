"""
From aggregated quantities to the units that are priced.

The quantity of a period is at least 0, then rounded, then converted. All of it is done
cumulatively: a part of the period counts what is priced with it less what is priced without
it, so that any number of parts comes to the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from math import ceil, floor

from usage.metering.aggregation import at_least_zero
from usage.metering.combination import grouped, keys_apart
from usage.metering.meter import Meter, QuantityRounding, QuantityRoundingMode, UnitConversion
from usage.metering.quantity import Dimensions, Quantity
from values.exact import EXACT, simplest
from values.number import ZERO, Number, minus, plus, times


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
    conversion = meter.unit_conversion
    if meter.quantity_rounding is None and conversion is not None and not conversion.rounds_up:
        # Nothing is rounded: a part is what it is, whatever came before it.
        return tuple(
            replace(part, quantity=converted(part.quantity, conversion)) for part in counted
        )
    return _cumulated(meter, counted, keys_apart(meter, by))


def _cumulated(
    meter: Meter, counted: Sequence[Quantity], keys: frozenset[str]
) -> tuple[Quantity, ...]:
    priced: dict[int, Number] = {}
    so_far: dict[Dimensions, tuple[Number, Number]] = {}
    for index in sorted(range(len(counted)), key=lambda index: counted[index].period.start):
        combination = grouped(counted[index].dimensions, keys)
        metered, units = so_far.get(combination, (ZERO, ZERO))
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
    if isinstance(quantity, Decimal):
        unit = Decimal(1).scaleb(-rounding.places)
        return quantity.quantize(unit, _DECIMAL_MODES[rounding.mode], _ROUNDING)
    scale = 10**rounding.places
    return simplest(_whole(quantity * scale, rounding.mode) / scale)


def converted(quantity: Number, conversion: UnitConversion) -> Number:
    """Return how many of the larger units it is, begun ones whole where the meter says so."""
    if not conversion.rounds_up:
        return times(quantity, _one_part(conversion.divide_by))
    return simplest(
        _whole(Fraction(quantity) / Fraction(conversion.divide_by), QuantityRoundingMode.UP)
    )


@cache
def _one_part(divide_by: Decimal) -> Number:
    """Return 1 ÷ the divisor: a thousandth is a Decimal, a sixtieth a Fraction."""
    return simplest(1 / Fraction(divide_by))


def _whole(number: Fraction, mode: QuantityRoundingMode) -> Fraction:
    size = abs(number)
    if mode == QuantityRoundingMode.UP:
        whole = ceil(size)
    elif mode == QuantityRoundingMode.DOWN:
        whole = floor(size)
    else:
        whole = floor(size + Fraction(1, 2))
    return Fraction(-whole if number < 0 else whole)


_ROUNDING = Context(prec=EXACT.prec, traps=[InvalidOperation])
_DECIMAL_MODES = {
    QuantityRoundingMode.UP: ROUND_UP,
    QuantityRoundingMode.DOWN: ROUND_DOWN,
    QuantityRoundingMode.HALF_UP: ROUND_HALF_UP,
}
