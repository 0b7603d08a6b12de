"""What a contract says that an invoice needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from invoicing.credits.grants import GrantBalance, grant_cuts
from invoicing.rating.price import PriceKind, PriceTerms, matched_properties, price_cuts
from invoicing.rating.terms.performance import Performance
from usage.metering.meter import Meter
from values.calendar import BillingCalendar
from values.money import Rounding, UnknownCurrency, minor_unit
from values.period import Period
from values.problems import Problem, refuse


@dataclass(frozen=True, slots=True)
class DatedQuantity:
    """A quantity of the contract (seats, lines) from a local midnight on, until the next."""

    starts_at: datetime
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class MinimumCommitment:
    """
    What all prices of a plan come to at least in a full period, while the plan is in force.

    Its true-up carries `tax_code`. Bounds are None where the contract's are meant.
    """

    amount: Decimal
    tax_code: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """The codes of a plan's prices in its order, which holds from `starts_at` on."""

    starts_at: datetime
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ContractTerms:
    """
    The prices of a contract, overrides laid over them, in the order of its plan.

    Phases stand in it as versions of prices that end where the next one begins; `phase_starts`
    are those instants, at which a running fee becomes another line. `zone` is the customer's:
    days are counted in it. `quantities` are by name, each in the order of time; before the
    first it is 0. `starts_at` is when the contract begins, `calendar` has its periods (None
    where a single period is asked for, as in a preview). `plan_orders` say in which order the
    prices of a period are printed where phases bring another plan (`prices_in`).

    :raises InvalidTerms: a price of an unknown meter, a code twice, an unknown currency, or
        performance that looks at itself.
    """

    currency: str
    prices: tuple[PriceTerms, ...]
    meters: Mapping[str, Meter]
    rounding: Rounding = Rounding.HALF_UP
    zone: str = "UTC"
    starts_at: datetime | None = None
    quantities: Mapping[str, tuple[DatedQuantity, ...]] = field(default_factory=dict)
    commitments: tuple[MinimumCommitment, ...] = ()
    phase_starts: tuple[datetime, ...] = ()
    calendar: BillingCalendar | None = None
    plan_orders: tuple[PlanOrder, ...] = ()

    def __post_init__(self) -> None:
        problems = []
        try:
            minor_unit(self.currency)
        except UnknownCurrency as error:
            problems.append(Problem(("currency",), str(error)))
        codes = [price.code for price in self.prices]
        for index, price in enumerate(self.prices):
            problems += [
                Problem(("prices", index, "meter"), f"there is no meter '{meter}'")
                for meter in sorted(price.meters.difference(self.meters))
            ]
            if price.code in codes[:index]:
                problems.append(Problem(("prices", index), f"'{price.code}' stands twice"))
        refuse(problems)
        refuse(_circles(self.prices))


def prices_in(terms: ContractTerms, period: Period) -> tuple[PriceTerms, ...]:
    """
    Return all prices in the order in which the lines of a period are printed.

    By the plan with which the period begins, then what later plans of it bring in, then what
    only other periods have: an outcome of theirs may be taken back in this one.
    """
    ends = [*(order.starts_at for order in terms.plan_orders[1:]), None]
    codes = dict.fromkeys(
        code
        for index, (order, end) in enumerate(zip(terms.plan_orders, ends, strict=False))
        if period.clipped(order.starts_at if index else None, end) is not None
        for code in order.codes
    )
    place = {code: place for place, code in enumerate(codes)}
    return tuple(sorted(terms.prices, key=lambda price: place.get(price.code, len(place))))


def performances(terms: ContractTerms) -> tuple[PriceTerms, ...]:
    """Return the prices of performance, each after those that it looks at."""
    looks_at = _looks_at(terms.prices)
    by_code = {price.code: price for price in terms.prices}
    return tuple(by_code[code] for code in TopologicalSorter(looks_at).static_order())


def _looks_at(prices: Sequence[PriceTerms]) -> dict[str, list[str]]:
    """Return which other prices of performance each of them looks at, by their codes."""
    found = {
        price.code: {
            code
            for version in price.versions
            if isinstance(version.model, Performance)
            for code in version.model.of
        }
        for price in prices
        if price.kind == PriceKind.PERFORMANCE
    }
    return {code: [other for other in found if other in of] for code, of in found.items()}


def _circles(prices: Sequence[PriceTerms]) -> list[Problem]:
    try:
        TopologicalSorter(_looks_at(prices)).prepare()
    except CycleError as error:
        codes = " -> ".join(reversed(error.args[1]))
        first = next(index for index, price in enumerate(prices) if price.code in error.args[1])
        return [Problem(("prices", first, "of"), f"performance looks at itself: {codes}")]
    return []


def cuts(
    terms: ContractTerms, grants: Sequence[GrantBalance], period: Period
) -> tuple[datetime, ...]:
    """
    Return the instants inside the period at which quantities must be sliced, in order.

    There a price or rate version or a grant begins or ends.
    """
    instants = grant_cuts(grants)
    for price in terms.prices:
        if price.meter is not None:
            instants |= price_cuts(price)
    return tuple(sorted(instant for instant in instants if period.start < instant < period.end))


def rated_properties(terms: ContractTerms, meter: str) -> tuple[str, ...]:
    """Return the properties by which quantities of a meter must be kept apart, group keys first."""
    group_keys = terms.meters[meter].group_keys
    matched: set[str] = set()
    for price in terms.prices:
        if price.meter == meter:
            matched |= matched_properties(price)
    return (*group_keys, *sorted(matched.difference(group_keys)))
