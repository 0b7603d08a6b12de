"""Prices by tiers: of the quantity of a period, or of its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.rating.entries import rate_problems
from values.problems import Problem, refuse


@dataclass(frozen=True, slots=True)
class Tier:
    """
    The quantities in `(up_to of the tier before, up_to]`; None has no end.

    `rate` is the price of a unit, or of a percentage model the percentage ("80" = 80 %) of
    the value. `flat_fee` is due once, as soon as the tier is entered.
    """

    up_to: Decimal | None
    rate: Decimal
    flat_fee: Decimal = Decimal(0)


@dataclass(frozen=True)
class _Tiered:
    """
    Tiers in rising order, the last without an end.

    `flat_fee_at_zero`: the flat fee of the first tier is due also where nothing was used.

    :raises InvalidTerms: with paths relative to the model, in the words of the plan file.
    """

    tiers: tuple[Tier, ...]
    flat_fee_at_zero: bool = False

    def __post_init__(self) -> None:
        refuse(tier_problems(self.tiers, rate_key=self.rate_key))

    @property
    def rate_key(self) -> str:
        """The key that the rate of a tier has in the plan file."""
        return "unit_price"


class Graduated(_Tiered):
    """Each unit costs the price of the tier that it falls in."""


class Volume(_Tiered):
    """All units cost the price of the tier that the whole quantity falls in."""


class GraduatedPercentage(_Tiered):
    """Each part of the value costs the percentage of the tier that it falls in."""

    @property
    def rate_key(self) -> str:
        return "percent"


def tier_problems(tiers: Sequence[Tier], *, rate_key: str) -> list[Problem]:
    """Return what is wrong with tiers: none, no rising order, an end missing or too many."""
    if not tiers:
        return [Problem(("tiers",), "needs at least one tier")]
    problems = []
    below: Decimal = Decimal(0)
    for index, tier in enumerate(tiers):
        problems += rate_problems(tier.rate, "tiers", index, rate_key)
        problems += rate_problems(tier.flat_fee, "tiers", index, "flat_fee")
        is_last = index == len(tiers) - 1
        if tier.up_to is None:
            if not is_last:
                problems.append(Problem(("tiers", index, "up_to"), "only the last tier has no end"))
            continue
        if is_last:
            problems.append(
                Problem(("tiers", index, "up_to"), "must be null: the last tier has no end")
            )
        if tier.up_to <= below:
            problems.append(
                Problem(("tiers", index, "up_to"), f"must be more than {below}, where it begins")
            )
        below = max(below, tier.up_to)
    return problems
