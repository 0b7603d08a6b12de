"""A percentage of what each event is worth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from invoicing.rating.entries import rate_problems
from values.problems import Problem, refuse


@dataclass(frozen=True)
class Percentage:
    """
    Of each event's value `percent` and a `fixed_fee`, clamped per event.

    `free_events` and `free_amount` are an allowance of the period that ends at whichever is
    used up first. An event wholly in it costs nothing; one partly in it pays the percentage
    of the rest and the fixed fee.

    :raises InvalidTerms: with paths relative to the model.
    """

    percent: Decimal
    fixed_fee: Decimal = Decimal(0)
    free_events: int | None = None
    free_amount: Decimal | None = None
    minimum_per_event: Decimal | None = None
    maximum_per_event: Decimal | None = None

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for name in ("percent", "fixed_fee", "free_amount"):
            value = getattr(self, name)
            if value is not None:
                problems += rate_problems(value, name)
        for name in ("minimum_per_event", "maximum_per_event"):
            value = getattr(self, name)
            if value is not None:
                problems += rate_problems(value, name)
        if self.free_events is not None and self.free_events < 0:
            problems.append(Problem(("free_events",), "must not be negative"))
        low, high = self.minimum_per_event, self.maximum_per_event
        if low is not None and high is not None and high < low:
            problems.append(Problem(("maximum_per_event",), "is less than minimum_per_event"))
        refuse(problems)
