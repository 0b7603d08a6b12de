"""One version of a price that is to be rated for a period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from invoicing.rating.price import PriceTerms, PriceVersion
from usage.metering.meter import Meter
from usage.metering.quantity import Dimensions, Quantity
from values.exact import EXACT
from values.money import Rounding
from values.period import Period


@dataclass(frozen=True, slots=True)
class Charge:
    """
    What every price model needs to know beside its own terms.

    `period` is the billing period inside the version's time; money is in `currency`, its
    lines rounded once by `rounding`.
    """

    price: PriceTerms
    version: PriceVersion
    meter: Meter
    period: Period
    currency: str
    rounding: Rounding

    def combination(self, quantity: Quantity) -> Dimensions:
        """Return the pairs of the meter's group keys, in their order."""
        values = dict(quantity.dimensions)
        return tuple((key, values[key]) for key in self.meter.group_keys if key in values)

    def label(self, dimensions: Dimensions) -> str:
        """
        Return the values as printed: ``US / resolved``, ``US / no call_outcome``.

        A text of nothing or blanks is a value like any other and prints as ``(empty)``.
        """
        values = {key: value if value.strip() else "(empty)" for key, value in dimensions}
        return " / ".join(values.get(key, f"no {key}") for key in self.meter.group_keys)


def total_quantity(slices: Iterable[Quantity]) -> Decimal:
    """Return the exact sum."""
    return reduce(EXACT.add, (part.quantity for part in slices), Decimal(0))


def total_events(slices: Iterable[Quantity]) -> int:
    """Return the number of events behind the slices."""
    return sum(part.events for part in slices)
