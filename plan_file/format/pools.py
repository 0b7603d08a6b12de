"""Pools of allowances: who shares one states the same, in periods of the same time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from invoicing.rating.overrides import overridden
from invoicing.rating.price import PriceTerms
from invoicing.rating.terms.allowance import AllowanceScope, Included
from plan_file.format.contracts import Contract
from plan_file.format.overrides import PriceBook
from plan_file.format.phases import Stretch
from plan_file.format.plans import Plan
from values.calendar import BillingInterval, local_date
from values.fields import Place

_MONTHS = {BillingInterval.QUARTER: 3, BillingInterval.YEAR: 12}


@dataclass(frozen=True)
class Member:
    """A contract of a group, where it stands, and the zone of its customer."""

    place: Place
    contract: Contract
    zone: str


@dataclass(frozen=True)
class _Share:
    """A price that draws on a pool, in `[begins, ends)`; None is no end."""

    pool: str
    price: str
    included: Included
    begins: datetime
    ends: datetime | None


def refuse_uneven_pools(
    place: Place, contract: Contract, plans: Mapping[str, Plan], book: PriceBook
) -> None:
    """Name every pool of which two prices of the contract state different allowances."""
    found: dict[str, str] = {}
    for one, other in combinations(_shares(contract, plans, book), 2):
        if _is_uneven(one, other):
            found.setdefault(one.pool, f"'{one.price}' and '{other.price}'")
    for pool, prices in found.items():
        place.problem(f"the prices {prices} share the pool '{pool}' and include different things")


def refuse_unequal_periods(
    members: Iterable[Member], plans: Mapping[str, Plan], book: PriceBook
) -> None:
    """Name every contract in a pool of its group whose periods are not those of the first."""
    first: dict[str, Member] = {}
    for member in members:
        for pool in _group_pools(member.contract, plans, book):
            other = first.setdefault(pool, member)
            if _periods(member, plans) != _periods(other, plans):
                member.place.problem(
                    f"shares the pool '{pool}' with {other.place.path_text()}, "
                    "whose periods begin at other times"
                )


def _is_uneven(one: _Share, other: _Share) -> bool:
    return (
        one.pool == other.pool
        and one.price != other.price
        and one.included != other.included
        and (other.ends is None or one.begins < other.ends)
        and (one.ends is None or other.begins < one.ends)
    )


def _group_pools(contract: Contract, plans: Mapping[str, Plan], book: PriceBook) -> dict[str, None]:
    return {
        share.pool: None
        for share in _shares(contract, plans, book)
        if share.included.scope is AllowanceScope.GROUP
    }


def _periods(member: Member, plans: Mapping[str, Plan]) -> tuple[object, ...]:
    """Return what tells the bounds of a contract's periods."""
    contract = member.contract
    interval = plans[contract.plan].billing_period
    anchor = contract.anchor_date or local_date(contract.start, member.zone)
    month = anchor.month % _MONTHS.get(interval, 1)
    return interval, contract.anchor_day, month, member.zone


def _shares(contract: Contract, plans: Mapping[str, Plan], book: PriceBook) -> list[_Share]:
    """Return the shares of all versions that are in force in the contract's time."""
    return [
        share
        for stretch in contract.stretches
        for code in plans[stretch.plan].prices
        if code in book.prices
        for share in _shares_of(_agreed(book.prices[code].terms, stretch), stretch)
    ]


def _shares_of(price: PriceTerms, stretch: Stretch) -> Iterator[_Share]:
    for version in price.versions:
        included = version.included
        if included is None or included.pool is None:
            continue
        begins = max(version.effective_from or stretch.starts_at, stretch.starts_at)
        bounds = (version.effective_to, stretch.ends_at)
        ends = min((bound for bound in bounds if bound is not None), default=None)
        if ends is None or begins < ends:
            yield _Share(included.pool, price.code, included, begins, ends)


def _agreed(price: PriceTerms, stretch: Stretch) -> PriceTerms:
    override = stretch.overrides.get(price.code)
    if override is None or "included" not in override.keys:
        return price
    return overridden(price, override)
