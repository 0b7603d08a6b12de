"""The one rounding of a call, on whole numbers: so many units to one of the last decimal."""

from __future__ import annotations

from collections.abc import Callable

from invoicing.rating.terms.calls import CallRounding

RoundCharge = Callable[[int, int], int]
"""From an amount in units, and the units of one charge unit, to charge units."""


def rounding_of(rule: CallRounding) -> RoundCharge:
    """Return the function that rounds an amount of 0 or more by the rule."""
    return _ROUNDINGS[rule]


def _half_up(amount: int, unit: int) -> int:
    return (2 * amount + unit) // (2 * unit)


def _half_even(amount: int, unit: int) -> int:
    whole, rest = divmod(amount, unit)
    up = 2 * rest > unit or (2 * rest == unit and whole % 2 == 1)
    return whole + up


def _up(amount: int, unit: int) -> int:
    return -(-amount // unit)


def _down(amount: int, unit: int) -> int:
    return amount // unit


_ROUNDINGS: dict[CallRounding, RoundCharge] = {
    CallRounding.HALF_UP: _half_up,
    CallRounding.HALF_EVEN: _half_even,
    CallRounding.UP: _up,
    CallRounding.DOWN: _down,
}
