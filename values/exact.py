"""
Exact numbers: what people and machines may write, and arithmetic that never rounds unasked.

A float is refused wherever it turns up: 0.1 is not a tenth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction

MAX_INTEGER_DIGITS = 30
MAX_FRACTION_DIGITS = 18

EXACT = Context(
    prec=400,
    rounding=ROUND_HALF_EVEN,
    traps=[Inexact, InvalidOperation, DivisionByZero, Overflow],
)
"""Adds and multiplies without rounding; raises `decimal.Inexact` instead of losing a digit."""

_WRITTEN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_MAX_TEXT = 100


class NotExact(ValueError):
    """The value is no number, or none that is kept exactly."""


def exact_decimal(value: object) -> Decimal:
    """
    Return the number that an int, a Decimal or a text such as ``-12.50`` says.

    The result has no exponent above zero and no negative zero; written trailing zeros stay.

    :raises NotExact: for floats, booleans, NaN, Infinity, texts with an exponent, blanks or
        other scripts' digits, more than 30 digits before or 18 after the point.
    """
    if isinstance(value, Decimal):
        return _checked(value)
    if isinstance(value, bool):
        raise NotExact("a truth value is not a number")
    if isinstance(value, int):
        if abs(value) >= 10**MAX_INTEGER_DIGITS:
            raise NotExact(f"more than {MAX_INTEGER_DIGITS} digits before the point")
        return Decimal(value)
    if isinstance(value, float):
        raise NotExact("a floating-point number is not exact, write it as text")
    if isinstance(value, str):
        if len(value) > _MAX_TEXT:
            raise NotExact("too long for a number")
        if not _WRITTEN.fullmatch(value):
            raise NotExact(f"{value!r} is not a number such as 12 or 0.25")
        return _checked(Decimal(value))
    if value is None:
        raise NotExact("a number is missing")
    raise NotExact("not a number")


def _checked(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise NotExact(f"{value} is not a finite number")
    if not value:
        return Decimal(0)
    if value.adjusted() >= MAX_INTEGER_DIGITS:
        raise NotExact(f"more than {MAX_INTEGER_DIGITS} digits before the point")
    if fraction_digits(value) > MAX_FRACTION_DIGITS:
        raise NotExact(f"more than {MAX_FRACTION_DIGITS} digits after the point")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (exponent > 0 or exponent < -MAX_FRACTION_DIGITS):
        return Decimal(plain(value))
    return value


def fraction_digits(value: Decimal) -> int:
    """Return how many digits after the point a finite number needs; trailing zeros need none."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise NotExact(f"{value} is not a finite number")
    if exponent >= 0 or not value:
        return 0
    zeros = next(number for number, digit in enumerate(reversed(digits)) if digit)
    return max(0, -exponent - zeros)


def plain(value: Decimal | Fraction, *, least_places: int = 0) -> str:
    """
    Return the number without exponent and trailing zeros; zero is ``0``.

    With `least_places` of 2 a fifth is ``0.20``; further digits stay. A fraction that no decimal
    holds (1/3) is rounded half to even to 18 places.
    """
    text = format(value if isinstance(value, Decimal) else _decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "") else text
    if not least_places:
        return text
    whole, _, places = text.partition(".")
    return f"{whole}.{places.ljust(least_places, '0')}"


def _decimal(value: Fraction) -> Decimal:
    try:
        return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    except Inexact:
        scaled = round(value * 10**MAX_FRACTION_DIGITS)
        return EXACT.scaleb(Decimal(scaled), -MAX_FRACTION_DIGITS)


def fraction(value: Decimal | Fraction | int) -> Fraction:
    """Return the same number as a fraction."""
    return value if isinstance(value, Fraction) else Fraction(value)


def simplest(value: Decimal | Fraction) -> Decimal | Fraction:
    """Return the same number, as a Decimal where one with a last digit holds it."""
    if isinstance(value, Decimal):
        return value
    try:
        return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    except Inexact:
        return value


def total(numbers: Iterable[Decimal | Fraction]) -> Decimal | Fraction:
    """Return the exact sum, as a Decimal where one holds it; nothing adds up to 0."""
    decimals = Decimal(0)
    fractions = Fraction(0)
    for number in numbers:
        if isinstance(number, Decimal):
            decimals = EXACT.add(decimals, number)
        else:
            fractions += number
    return simplest(fractions + Fraction(decimals)) if fractions else decimals
