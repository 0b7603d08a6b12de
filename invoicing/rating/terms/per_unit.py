"""Prices per unit: one price for every unit, or the rates of a rate card."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from invoicing.rating.entries import rate_problems
from invoicing.rating.rate_card import OnUnmatched, RateCard
from values.problems import Problem, refuse


@dataclass(frozen=True)
class PerUnit:
    """
    Each unit costs the same, or what a rate card says for its properties.

    Rates are per unit of the meter, in the currency of the plan. `fallback_rate` is the rate
    of what the card does not match; a card that quarantines never uses it.

    :raises InvalidTerms: not exactly one of unit price and card, or the fallback is missing.
    """

    unit_price: Decimal | None = None
    rate_card: RateCard | None = None
    fallback_rate: Decimal | None = None

    def __post_init__(self) -> None:
        refuse(self._problems())

    def _problems(self) -> list[Problem]:
        problems = []
        for name, rate in (("unit_price", self.unit_price), ("fallback_rate", self.fallback_rate)):
            if rate is not None:
                problems += rate_problems(rate, name)
        card = self.rate_card
        if self.unit_price is None and card is None:
            problems.append(Problem((), "needs a unit_price or a rate_card"))
        if self.unit_price is not None and card is not None:
            problems.append(Problem(("unit_price",), "stands beside rate_card, write one of them"))
        if card is None and self.fallback_rate is not None:
            problems.append(Problem(("fallback_rate",), "belongs to a rate_card"))
        if card and card.on_unmatched == OnUnmatched.FALLBACK and self.fallback_rate is None:
            problems.append(
                Problem(
                    ("fallback_rate",),
                    f"is missing: rate card '{card.code}' falls back where no entry matches",
                )
            )
        return problems
