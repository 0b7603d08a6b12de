"""Charges that count no usage: recurring, by seat, and one-time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from invoicing.rating.entries import rate_problems
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.tiers import Graduated, Volume
from values.problems import Problem, refuse


class Timing(StrEnum):
    """Whether a period is charged on its first day or after its end."""

    ADVANCE = "advance"
    ARREARS = "arrears"


class Proration(StrEnum):
    """What a part of a period costs: its days, or the whole."""

    DAY = "day"
    NONE = "none"


@dataclass(frozen=True)
class Recurring:
    """
    An amount for each period.

    :raises InvalidTerms: with paths relative to the price.
    """

    amount: Decimal
    timing: Timing = Timing.ADVANCE
    prorate: Proration = Proration.DAY

    def __post_init__(self) -> None:
        refuse(rate_problems(self.amount, "amount"))


@dataclass(frozen=True)
class Seat:
    """
    A price for each of a quantity that the contract states by day.

    `model` is a unit price, graduated day by day, or volume by the highest quantity.

    :raises InvalidTerms: with paths relative to the price.
    """

    model: PerUnit | Graduated | Volume
    timing: Timing = Timing.ADVANCE
    prorate: Proration = Proration.DAY

    def __post_init__(self) -> None:
        if isinstance(self.model, PerUnit) and self.model.unit_price is None:
            refuse([Problem(("unit_price",), "is required: seats have no rate card")])


@dataclass(frozen=True)
class OneTime:
    """
    An amount that is due once, on the contract's first day.

    :raises InvalidTerms: with paths relative to the price.
    """

    amount: Decimal

    def __post_init__(self) -> None:
        refuse(rate_problems(self.amount, "amount"))
