"""Quantities that a price includes at no charge."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from values.problems import Problem, refuse


class AllowancePeriod(StrEnum):
    """How often the included quantity is given anew."""

    BILLING = "billing"
    YEAR = "year"


class AllowanceScope(StrEnum):
    """Who shares a pool: the prices of one contract, or all contracts of a group."""

    CONTRACT = "contract"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Rollover:
    """What is left lasts `periods` more; `maximum` caps all that is carried (None: no cap)."""

    periods: int
    maximum: Decimal | None = None


@dataclass(frozen=True)
class Included:
    """
    Units of the price at no charge, used in the order of the events' times.

    `per` names a quantity of the contract that multiplies it, read on the period's last day.
    Prices that name the same `pool` share it. `period: year` counts from the contract's anchor.

    :raises InvalidTerms: with paths relative to the allowance.
    """

    quantity: Decimal
    per: str | None = None
    period: AllowancePeriod = AllowancePeriod.BILLING
    pool: str | None = None
    scope: AllowanceScope = AllowanceScope.CONTRACT
    rollover: Rollover | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.quantity < 0:
            problems.append(Problem(("quantity",), "must not be negative"))
        if self.scope == AllowanceScope.GROUP and self.pool is None:
            problems.append(Problem(("pool",), "is required where a group shares it"))
        if self.rollover is not None:
            if self.rollover.periods < 1:
                problems.append(Problem(("rollover", "periods"), "must be 1 or more"))
            if self.rollover.maximum is not None and self.rollover.maximum < 0:
                problems.append(Problem(("rollover", "maximum"), "must not be negative"))
        refuse(problems)
