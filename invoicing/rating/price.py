"""Prices: versions of one chargeable thing, each with the terms of its price model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from invoicing.rating.terms.allowance import Included
from invoicing.rating.terms.calls import Calls
from invoicing.rating.terms.fixed import OneTime, Recurring, Seat
from invoicing.rating.terms.outcome import OutcomeRule
from invoicing.rating.terms.package import Package
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.performance import Performance
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Volume
from invoicing.rating.versions import version_problems
from values.problems import Problem, refuse

UsageModel = PerUnit | Graduated | Volume | Package | Percentage | GraduatedPercentage | Passthrough
"""The price models of metered usage."""

Model = UsageModel | Calls | Recurring | Seat | OneTime | Performance
"""What a version of a price is charged by; a new one joins here and in assembly."""


class PriceKind(StrEnum):
    """What a price charges for."""

    RECURRING = "recurring"
    SEAT = "seat"
    ONE_TIME = "one_time"
    USAGE = "usage"
    CALL = "call"
    PERFORMANCE = "performance"


_KINDS: dict[type, PriceKind] = {
    Calls: PriceKind.CALL,
    Recurring: PriceKind.RECURRING,
    Seat: PriceKind.SEAT,
    OneTime: PriceKind.ONE_TIME,
    Performance: PriceKind.PERFORMANCE,
}

DEFAULT_SECTION = {
    PriceKind.RECURRING: "platform",
    PriceKind.SEAT: "platform",
    PriceKind.ONE_TIME: "one_time",
    PriceKind.USAGE: "usage",
    PriceKind.CALL: "telephony",
    PriceKind.PERFORMANCE: "usage",
}


def kind_of(model: Model) -> PriceKind:
    """Return the kind of the prices that a model is for."""
    return _KINDS.get(type(model), PriceKind.USAGE)


@dataclass(frozen=True)
class PriceVersion:
    """
    The terms of a price in `[effective_from, effective_to)`; None is no bound.

    `included`, the limits of a full period and `outcome` belong to usage prices.
    Where a phase of a contract uses only a part of its time, `is_clipped` is true and
    `declared_from` is when the version took effect in the price book (None: always).

    :raises InvalidTerms: with paths relative to the price.
    """

    effective_from: datetime | None
    effective_to: datetime | None
    name: str
    model: Model
    section: str = "usage"
    tax_code: str | None = None
    included: Included | None = None
    minimum_amount: Decimal | None = None
    maximum_amount: Decimal | None = None
    outcome: OutcomeRule | None = None
    declared_from: datetime | None = None
    is_clipped: bool = False

    def __post_init__(self) -> None:
        problems = []
        if kind_of(self.model) != PriceKind.USAGE:
            problems += [
                Problem((key,), "belongs to a usage price")
                for key in ("included", "minimum_amount", "maximum_amount", "outcome")
                if getattr(self, key) is not None
            ]
        low, high = self.minimum_amount, self.maximum_amount
        for key, amount in (("minimum_amount", low), ("maximum_amount", high)):
            if amount is not None and amount < 0:
                problems.append(Problem((key,), "must not be negative"))
        if low is not None and high is not None and high < low:
            problems.append(Problem(("maximum_amount",), "is less than minimum_amount"))
        refuse(problems)

    @property
    def since(self) -> datetime | None:
        """When the version took effect in the price book, as lines print it."""
        return self.declared_from if self.is_clipped else self.effective_from


@dataclass(frozen=True)
class PriceTerms:
    """
    What one chargeable thing costs; `meter` is None where it counts no usage.

    :raises InvalidTerms: versions overlap or are of several kinds, a rate card is of another
        meter, or a meter is missing or there for nothing.
    """

    code: str
    meter: str | None
    versions: tuple[PriceVersion, ...]

    def __post_init__(self) -> None:
        problems = version_problems(self.versions)
        for index, version in enumerate(self.versions):
            card = version.model.rate_card if isinstance(version.model, PerUnit) else None
            if card is not None and card.meter != self.meter:
                problems.append(
                    Problem(
                        ("versions", index, "rate_card"),
                        f"'{card.code}' is for meter '{card.meter}', not '{self.meter}'",
                    )
                )
            kind = kind_of(version.model)
            if kind != kind_of(self.versions[0].model):
                problems.append(
                    Problem(("versions", index, "kind"), "all versions are of one kind")
                )
            counts = kind in (PriceKind.USAGE, PriceKind.CALL)
            if counts and self.meter is None:
                problems.append(Problem(("versions", index, "meter"), "is required"))
            if not counts and self.meter is not None:
                problems.append(
                    Problem(("versions", index, "meter"), f"a {kind} price counts no usage")
                )
        refuse(problems)

    @property
    def kind(self) -> PriceKind:
        """What the price charges for; a price without versions is one of usage."""
        return kind_of(self.versions[0].model) if self.versions else PriceKind.USAGE

    @property
    def meters(self) -> frozenset[str]:
        """The codes of the meters that the price looks at."""
        found = {self.meter} if self.meter is not None else set()
        for version in self.versions:
            if isinstance(version.model, Performance):
                measure = version.model.measure
                found |= {measure.meter} | ({measure.by} if measure.by else set())
        return frozenset(found)


def price_cuts(price: PriceTerms) -> set[datetime]:
    """Return the instants at which a version of the price or of its rate cards begins or ends."""
    bounds: set[datetime | None] = set()
    for version in price.versions:
        bounds |= {version.effective_from, version.effective_to}
        if isinstance(version.model, PerUnit) and version.model.rate_card is not None:
            for card_version in version.model.rate_card.versions:
                bounds |= {card_version.effective_from, card_version.effective_to}
    return {bound for bound in bounds if bound is not None}


def matched_properties(price: PriceTerms) -> frozenset[str]:
    """Return the properties that the rates look at, group keys or not."""
    return frozenset(
        name
        for version in price.versions
        if isinstance(version.model, PerUnit) and version.model.rate_card is not None
        for card_version in version.model.rate_card.versions
        for name in card_version.properties
    )
