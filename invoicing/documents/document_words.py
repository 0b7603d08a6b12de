"""How documents write the numbers of a formula: ``$0.20``, ``1,284 minutes``, ``309:00 min``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from invoicing.documents.formats import (
    exact_price,
    minutes_and_seconds,
    quantity,
    short_quantity,
    unit_price,
)
from invoicing.rating.calculation import Numbers, written
from values.exact import plain
from values.number import Number

_ROUNDINGS = {
    "up": "up",
    "down": "down",
    "half_up": "to the nearest, halves away from zero",
    "half_even": "to the nearest, halves to the even neighbour",
}


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """Numbers in the line's currency as people read them."""

    currency: str

    def money(self, amount: Number) -> str:
        """Return an amount with every digit; one that never ends is cut off with an ellipsis."""
        number, dots = written(amount)
        return exact_price(number, self.currency) + dots

    def price(self, step: Numbers, name: str) -> str:
        """Return the price that a step names, empty where it names none."""
        price = step.get(name)
        return "" if price is None else unit_price(price, self.currency)

    def quantity(self, amount: Number, unit: str | None) -> str:
        """Return a quantity with its unit, or a bare number."""
        return short_quantity(Decimal(plain(amount)), unit or "")

    def number(self, step: Numbers, name: str, unit: str = "") -> str:
        """Return the quantity that a step names."""
        return short_quantity(step.number(name), unit)

    def seconds(self, step: Numbers, name: str) -> str:
        """Return seconds with their minutes: ``18,540 seconds (309:00 min)``."""
        seconds = step.number(name)
        return f"{quantity(seconds, 'second')} ({minutes_and_seconds(seconds)})"


def rounded_how(mode: str) -> str:
    """Return how a rule rounds: ``up``, ``to the nearest, halves away from zero``."""
    return _ROUNDINGS.get(mode, mode.replace("_", " "))
