"""Rounding the value of each event, before many become a quantity."""

from __future__ import annotations

from decimal import Decimal

from usage.metering.meter import EventRounding
from values.exact import EXACT


def round_event(value: Decimal, rounding: EventRounding) -> Decimal:
    """
    Return the value lifted to a multiple of the increment, then to the minimum.

    A call of 78 seconds is 120 by the minute. Nothing stays nothing; what is below zero is
    rounded by its size, so that a correction takes back what it corrects.
    """
    if not value:
        return Decimal(0)
    size = abs(value)
    whole, rest = EXACT.divmod(size, rounding.increment)
    if rest:
        size = EXACT.multiply(EXACT.add(whole, Decimal(1)), rounding.increment)
    size = max(size, rounding.minimum)
    return -size if value < 0 else size
