"""
Exact arithmetic on quantities and amounts: Decimals, and Fractions where no Decimal can.

A hundred seconds are 5/3 minutes; whatever has a last digit stays a Decimal, which is faster.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from values.exact import EXACT, MAX_FRACTION_DIGITS, fraction_digits, simplest

Number: TypeAlias = Decimal | Fraction

ZERO = Decimal(0)

_add = EXACT.add
_subtract = EXACT.subtract
_multiply = EXACT.multiply


def plus(one: Number, other: Number) -> Number:
    """Return the exact sum."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return _add(one, other)
    return simplest(Fraction(one) + Fraction(other))


def minus(one: Number, other: Number) -> Number:
    """Return the exact difference."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return _subtract(one, other)
    return simplest(Fraction(one) - Fraction(other))


def times(one: Number, other: Number) -> Number:
    """Return the exact product."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return _multiply(one, other)
    return simplest(Fraction(one) * Fraction(other))


def percent_of(percent: Decimal, value: Number) -> Number:
    """Return so many hundredths of a value: 80 percent of 10 are 8."""
    return times(EXACT.scaleb(percent, -2), value)


def as_shown(value: Number) -> Decimal:
    """
    Return the number as it is stored and printed, with 18 places at most.

    One with more is rounded half to even; nothing is billed by the result.
    """
    if isinstance(value, Decimal):
        if fraction_digits(value) <= MAX_FRACTION_DIGITS:
            return value
        value = Fraction(value)
    return EXACT.scaleb(Decimal(round(value * 10**MAX_FRACTION_DIGITS)), -MAX_FRACTION_DIGITS)
