"""
The calculation of a line as one formula: ``1,284 min - 1,000 included = 284 x $0.20 = $56.80``.

There is one formula and several ways to write its numbers: the engine's plain ones, and those
of documents. An equation is only written where it holds exactly; else the result stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.rating import sentence_charges as charges
from invoicing.rating import sentence_usage as usage
from invoicing.rating.calculation import Calculation, Words, written
from invoicing.rating.trace_steps import StepKind
from values.exact import plain
from values.money import fine_text
from values.number import Number

_WAYS = (
    charges.flat_fee,
    charges.limit,
    charges.measure,
    charges.days,
    usage.packages,
    usage.percentage,
    usage.percentage_tier,
    usage.markup,
    usage.calls,
)


def formula(line: Calculation, words: Words) -> str:
    """
    Return the way from quantity to exact amount, without a full stop.

    A fee is its amount alone, an allowance what was used and what is left.
    """
    if said := usage.allowance(line, words):
        return said
    result = words.money(line.exact_amount)
    for way in _WAYS:
        if said := way(line, words):
            return f"{said} = {result}"
    if line.unit is None and line.quantity == 1 and (line.rate is None or line.equals(line.rate)):
        return result
    return f"{usage.units(line, words)} = {result}"


def tier_text(line: Calculation) -> str:
    """Return which units a tier prices: ``units above 500 up to 1000``; empty where none does."""
    tier = line.step(StepKind.TIER)
    if tier is None:
        return ""
    above, up_to = tier.get("above"), tier.get("up_to")
    all_of = "all units, as for" if line.model == "volume" else "units"
    parts = [all_of]
    if above:
        parts.append(f"above {plain(above)}")
    if up_to is not None:
        parts.append(f"up to {plain(up_to)}")
    return " ".join(parts) if len(parts) > 1 else "one tier"


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Numbers as machines write them, with the currency's code: ``0.20 USD``, ``13 minutes``."""

    currency: str

    def money(self, amount: Number) -> str:
        """Return an amount with at least the currency's digits."""
        number, dots = written(amount)
        return f"{fine_text(number, self.currency)}{dots} {self.currency}"

    def quantity(self, amount: Number, unit: str | None) -> str:
        """Return a quantity with its unit, in the plural where it is not one."""
        number, dots = written(amount)
        return with_unit(plain(number) + dots, amount, unit)


def with_unit(number: str, amount: Number, unit: str | None) -> str:
    """
    Return a written number with its unit, in the plural where it is not one.

    ``1,284 x 1K tokens`` where the unit is a multiple; ``130 GB``: an abbreviation has none.
    """
    if not unit:
        return number
    if unit[0].isdigit():
        return f"{number} \N{MULTIPLICATION SIGN} {unit}"
    plural = "" if abs(amount) == 1 or unit.endswith("s") or unit[-1].isupper() else "s"
    return f"{number} {unit}{plural}"
