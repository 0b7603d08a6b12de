"""How much of a meter one combination of dimensions made in one stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from values.period import Period

Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """
    A quantity in the meter's unit, exact, and the number of events behind it.

    `dimensions` are (property, value) pairs sorted by property; an absent one has no pair.
    May be negative where the meter allows corrections.
    """

    dimensions: Dimensions
    period: Period
    quantity: Decimal
    events: int
