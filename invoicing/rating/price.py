"""Prices of usage: versions of one chargeable thing, each with its price model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoicing.rating.entries import rate_problems
from invoicing.rating.rate_card import OnUnmatched, RateCard
from invoicing.rating.versions import version_problems
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


Model = PerUnit
"""The price models of usage; a new one joins as `PerUnit | New` and is dispatched in assembly."""


@dataclass(frozen=True)
class PriceVersion:
    """The terms of a price in `[effective_from, effective_to)`; None is no bound."""

    effective_from: datetime | None
    effective_to: datetime | None
    name: str
    model: Model
    section: str = "usage"
    tax_code: str | None = None


@dataclass(frozen=True)
class UsagePrice:
    """
    What the quantities of one meter cost.

    :raises InvalidTerms: versions overlap, or a rate card is of another meter.
    """

    code: str
    meter: str
    versions: tuple[PriceVersion, ...]

    def __post_init__(self) -> None:
        problems = version_problems(self.versions)
        for index, version in enumerate(self.versions):
            card = version.model.rate_card
            if card is not None and card.meter != self.meter:
                problems.append(
                    Problem(
                        ("versions", index, "rate_card"),
                        f"'{card.code}' is for meter '{card.meter}', not '{self.meter}'",
                    )
                )
        refuse(problems)


def price_cuts(price: UsagePrice) -> set[datetime]:
    """Return the instants at which a version of the price or of its rate cards begins or ends."""
    bounds: set[datetime | None] = set()
    for version in price.versions:
        bounds |= {version.effective_from, version.effective_to}
        if version.model.rate_card is not None:
            for card_version in version.model.rate_card.versions:
                bounds |= {card_version.effective_from, card_version.effective_to}
    return {bound for bound in bounds if bound is not None}


def matched_properties(price: UsagePrice) -> frozenset[str]:
    """Return the properties that the rates look at, group keys or not."""
    return frozenset(
        name
        for version in price.versions
        if version.model.rate_card is not None
        for card_version in version.model.rate_card.versions
        for name in card_version.properties
    )
