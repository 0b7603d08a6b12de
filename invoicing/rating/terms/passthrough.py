"""Cost plus: what an event itself says that it cost, with a markup."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from invoicing.rating.entries import rate_problems
from values.problems import Problem, refuse


@dataclass(frozen=True)
class Passthrough:
    """
    The cost in the event's `amount_property`, plus `markup_percent` of it and `markup_fixed`.

    :raises InvalidTerms: with paths relative to the model.
    """

    amount_property: str
    markup_percent: Decimal = Decimal(0)
    markup_fixed: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        problems = rate_problems(self.markup_percent, "markup_percent")
        problems += rate_problems(self.markup_fixed, "markup_fixed")
        if not self.amount_property.strip():
            problems.append(Problem(("amount_property",), "must not be empty"))
        refuse(problems)
