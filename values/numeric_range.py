"""Ranges of numbers, as filters and rate cards ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from values.problems import Problem, refuse


@dataclass(frozen=True, slots=True)
class NumericRange:
    """
    A number between bounds; at most one lower and one upper, at least one of them.

    :raises InvalidTerms: no number fits, or a side is bounded twice.
    """

    gte: Decimal | None = None
    gt: Decimal | None = None
    lte: Decimal | None = None
    lt: Decimal | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.gte is not None and self.gt is not None:
            problems.append(Problem(("gt",), "stands beside gte, write one of them"))
        if self.lte is not None and self.lt is not None:
            problems.append(Problem(("lt",), "stands beside lte, write one of them"))
        if self.low is None and self.high is None:
            problems.append(Problem((), "a range needs one of gte, gt, lte, lt"))
        if not problems and not ranges_meet(self, self):
            problems.append(Problem((), "no number lies in this range"))
        refuse(problems)

    @property
    def low(self) -> Decimal | None:
        """The lower bound, included or not."""
        return self.gte if self.gte is not None else self.gt

    @property
    def high(self) -> Decimal | None:
        """The upper bound, included or not."""
        return self.lte if self.lte is not None else self.lt

    def holds(self, number: Decimal) -> bool:
        """Return whether the number lies inside."""
        return (
            (self.gte is None or number >= self.gte)
            and (self.gt is None or number > self.gt)
            and (self.lte is None or number <= self.lte)
            and (self.lt is None or number < self.lt)
        )


def ranges_meet(one: NumericRange, other: NumericRange) -> bool:
    """Return whether a number lies in both."""
    lows = [bound for bound in (one.low, other.low) if bound is not None]
    highs = [bound for bound in (one.high, other.high) if bound is not None]
    if not lows or not highs:
        return True
    low, high = max(lows), min(highs)
    closed = low not in (one.gt, other.gt) and high not in (one.lt, other.lt)
    return low < high or (low == high and closed)
