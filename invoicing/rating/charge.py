"""One version of a price that is to be rated for a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.trace_steps import TraceStep
from usage.metering.meter import Meter
from usage.metering.quantity import Dimensions, Quantity
from values.exact import total
from values.money import Rounding
from values.number import Number
from values.period import Period

_REMEMBERED_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Charge:
    """
    What every price model needs to know beside its own terms.

    `period` is the billing period inside the version's time; money is in `currency`, its
    lines rounded once by `rounding`. `steps` are what was done to the quantities before.
    """

    price: PriceTerms
    version: PriceVersion
    meter: Meter
    period: Period
    currency: str
    rounding: Rounding
    steps: tuple[TraceStep, ...] = ()

    def combination(self, quantity: Quantity) -> Dimensions:
        """Return the pairs of the meter's group keys, in their order."""
        return _combination(self.meter.group_keys, quantity.dimensions)

    def label(self, dimensions: Dimensions) -> str:
        """
        Return the values as printed: ``US / resolved``, ``US / no call_outcome``.

        A text of nothing or blanks is a value like any other and prints as ``(empty)``.
        """
        return _label(self.meter.group_keys, dimensions)


# The same combinations come back with each customer of a rate card.
@lru_cache(maxsize=_REMEMBERED_AT_MOST)
def _combination(group_keys: tuple[str, ...], dimensions: Dimensions) -> Dimensions:
    values = dict(dimensions)
    return tuple((key, values[key]) for key in group_keys if key in values)


@lru_cache(maxsize=_REMEMBERED_AT_MOST)
def _label(group_keys: tuple[str, ...], dimensions: Dimensions) -> str:
    values = {key: value if value.strip() else "(empty)" for key, value in dimensions}
    return " / ".join(values.get(key, f"no {key}") for key in group_keys)


def total_quantity(slices: Sequence[Quantity]) -> Number:
    """Return the exact sum."""
    if len(slices) == 1:
        return slices[0].quantity
    return total(part.quantity for part in slices)


def total_events(slices: Sequence[Quantity]) -> int:
    """Return the number of events behind the slices."""
    return slices[0].events if len(slices) == 1 else sum(part.events for part in slices)
