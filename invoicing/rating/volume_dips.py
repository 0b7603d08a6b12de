"""Where volume pricing makes more usage cheaper: each stretch of such quantities, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from invoicing.rating.terms.tiers import Tier, Volume
from values.number import Number


@dataclass(frozen=True, slots=True)
class Dip:
    """
    Quantities that cost less than a smaller one: above `above`, before `ends`.

    `above` costs `total`; just beyond it the total falls to `lowest`. At `ends` it is back at
    `total`, or above it where `ends_inside`: then `ends` itself is the last that costs less.
    `ends` is None where the total never comes back.
    """

    above: Decimal
    total: Fraction
    lowest: Fraction
    ends: Fraction | None
    ends_inside: bool = False

    def whole_units(self) -> tuple[int, int | None] | None:
        """Return the first and the last whole unit in it (None: no last); None without any."""
        first = floor(self.above) + 1
        if self.ends is None:
            return first, None
        last = floor(self.ends) if self.ends_inside else ceil(self.ends) - 1
        return (first, last) if first <= last else None


def volume_dips(model: Volume) -> tuple[Dip, ...]:
    """Return the stretches in which the total is below that of a smaller quantity, in order."""
    dips: list[Dip] = []
    open_dip: Dip | None = None
    peak, above = Fraction(0), Decimal(0)
    for tier in model.tiers:
        just_above = _total(tier, above)
        if just_above < peak:
            lowest = min(just_above, open_dip.lowest) if open_dip else just_above
            begins = open_dip.above if open_dip else above
            open_dip = Dip(begins, peak, lowest, _back_at(tier, peak))
            if open_dip.ends is not None:
                dips.append(open_dip)
                open_dip = None
        elif open_dip:
            dips.append(
                Dip(open_dip.above, peak, open_dip.lowest, Fraction(above), ends_inside=True)
            )
            open_dip = None
        if tier.up_to is not None:
            peak, above = max(peak, _total(tier, tier.up_to)), tier.up_to
    return (*dips, open_dip) if open_dip else tuple(dips)


def dip_words(
    dip: Dip,
    *,
    number: Callable[[Decimal], str],
    money: Callable[[Number], str],
    unit: str = "unit",
) -> str:
    """
    Return the dip as a sentence about whole units, or about parts of one where none is in it.

    ``From 1,001 to 1,249 minutes the total is lower than at 1,000 ($100.00).``
    """
    units = unit if unit.endswith("s") else f"{unit}s"
    than = f"the total is lower than at {number(dip.above)} ({money(dip.total)})."
    whole = dip.whole_units()
    if whole is None:
        return f"Just above {number(dip.above)} {units} {than}"
    first, last = whole
    if last is None:
        return f"From {number(Decimal(first))} {units} on {than}"
    if first == last:
        return f"At {number(Decimal(first))} {units} {than}"
    return f"From {number(Decimal(first))} to {number(Decimal(last))} {units} {than}"


def _total(tier: Tier, quantity: Decimal) -> Fraction:
    return Fraction(quantity) * Fraction(tier.rate) + Fraction(tier.flat_fee)


def _back_at(tier: Tier, peak: Fraction) -> Fraction | None:
    """Return the quantity of the tier that costs as much as the peak, None where none does."""
    if not tier.rate:
        return None
    quantity = (peak - Fraction(tier.flat_fee)) / Fraction(tier.rate)
    return quantity if tier.up_to is None or quantity <= tier.up_to else None
