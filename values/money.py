"""Amounts of money: decimals of a currency, rounded to its minor unit where a rule says so."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

import moneyed

from values.exact import EXACT, fraction, plain

_ROUNDING = Context(prec=400)
# Of the codes with an X in front these are money of several countries; the others are metals,
# units of account, a code for tests, and XXX: no currency.
_OF_SEVERAL_COUNTRIES = frozenset(("XAF", "XCD", "XOF", "XPF"))


class UnknownCurrency(ValueError):
    """The code is none of ISO 4217, or not one that somebody could pay in."""


class Rounding(StrEnum):
    """What happens to half a minor unit; `HALF_UP` is away from zero."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


_TO_EVEN = Rounding.HALF_EVEN


@lru_cache(maxsize=512)
def minor_digits(currency: str) -> int:
    """
    Return the digits of the minor unit: USD 2, JPY 0, KWD 3.

    :raises UnknownCurrency:
    """
    found = moneyed.CURRENCIES.get(currency)
    if found is None or (currency.startswith("X") and currency not in _OF_SEVERAL_COUNTRIES):
        raise UnknownCurrency(f"unknown currency {currency!r}")
    return len(str(found.sub_unit)) - 1


@lru_cache(maxsize=512)
def minor_unit(currency: str) -> Decimal:
    """
    Return the smallest amount that can be paid: 0.01 USD, 1 JPY.

    :raises UnknownCurrency:
    """
    return Decimal((0, (1,), -minor_digits(currency)))


def zero(currency: str) -> Decimal:
    """Return no money, with the currency's digits."""
    return Decimal((0, (0,), -minor_digits(currency)))


def round_money(amount: Decimal | Fraction, *, currency: str, rounding: Rounding) -> Decimal:
    """Return the amount with exactly the currency's digits."""
    unit = minor_unit(currency)
    if isinstance(amount, Decimal):
        how = ROUND_HALF_EVEN if rounding is _TO_EVEN else ROUND_HALF_UP
        return amount.quantize(unit, how, _ROUNDING) or zero(currency)
    scaled = amount * 10 ** minor_digits(currency)
    if rounding == Rounding.HALF_EVEN:
        units = round(scaled)
    else:
        size = abs(scaled)
        units = (2 * size.numerator + size.denominator) // (2 * size.denominator)
        units = -units if scaled < 0 else units
    return _of_units(units, currency)


def floor_money(amount: Decimal | Fraction, *, currency: str) -> Decimal:
    """Return the greatest payable amount that is not above `amount`."""
    if isinstance(amount, Decimal):
        floored = amount.quantize(minor_unit(currency), rounding=ROUND_FLOOR, context=_ROUNDING)
        return floored or zero(currency)
    scaled = amount * 10 ** minor_digits(currency)
    return _of_units(scaled.numerator // scaled.denominator, currency)


def money_text(amount: Decimal, currency: str) -> str:
    """
    Return the amount with the currency's digits and no exponent: ``21.35``.

    :raises decimal.Inexact: the amount has more digits; it was never rounded.
    """
    exact = EXACT.quantize(amount, minor_unit(currency))
    return format(exact or zero(currency), "f")


def fine_text(amount: Decimal | Fraction, currency: str) -> str:
    """Return an unrounded amount with at least the currency's digits: ``0.20``, ``0.0045``."""
    whole, _, places = plain(amount).partition(".")
    places = places.ljust(minor_digits(currency), "0")
    return f"{whole}.{places}" if places else whole


def spread(
    total: Decimal, weights: Sequence[Fraction | Decimal], *, currency: str
) -> list[Decimal]:
    """
    Return `total` in payable parts that follow the weights and add up to it exactly.

    By largest remainder; of equal remainders the earlier part gets the unit. A part is less
    than one minor unit away from its exact share.

    :raises ValueError: a weight is negative, or all are zero and the total is not.
    :raises decimal.Inexact: the total is no whole number of minor units.
    """
    exact = [fraction(weight) for weight in weights]
    if any(weight < 0 for weight in exact):
        raise ValueError("a weight may not be negative")
    whole = sum(exact, Fraction(0))
    if not total:
        return [zero(currency)] * len(exact)
    if not whole:
        raise ValueError("nothing to spread over: all weights are zero")
    units = int(EXACT.quantize(EXACT.scaleb(total, minor_digits(currency)), Decimal(1)))
    sign, units = (-1 if units < 0 else 1), abs(units)
    shares = [weight * units / whole for weight in exact]
    parts = [share.numerator // share.denominator for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - shares[index])
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    return [_of_units(sign * part, currency) for part in parts]


def _of_units(units: int, currency: str) -> Decimal:
    return EXACT.scaleb(Decimal(units), -minor_digits(currency))
