"""
What the allowances of a contract grant in a billing period.

The included quantity is multiplied by a quantity of the contract on the period's last day and,
where the period is shorter than a full one, prorated by days down to whole units. A phase that
changes an allowance ends one period of it and begins another, each with its own days; a version
of the price book that changes it leaves it one, of another size from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from math import floor

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.carried import Carried
from invoicing.assembly.terms import ContractTerms
from invoicing.rating.free_units import Allowance, FreeUnits
from invoicing.rating.price import PriceTerms
from invoicing.rating.proration import part_of
from invoicing.rating.terms.allowance import AllowancePeriod, AllowanceScope, Included
from invoicing.rating.versions import in_time_order, version_at
from values.calendar import BillingCalendar, BillingInterval, local_date
from values.number import ZERO, Number, plus, times
from values.period import Period

GROUP = "group:"

_MOMENT = timedelta(microseconds=1)


def allowance_name(price: PriceTerms, included: Included) -> str:
    """Return the name of an allowance: ``price:CODE``, ``pool:CODE``, of a group ``group:POOL``."""
    if included.pool is None:
        return f"price:{price.code}"
    if included.scope == AllowanceScope.GROUP:
        return f"{GROUP}{included.pool}"
    return f"pool:{included.pool}"


def draws(price: PriceTerms, period: Period) -> tuple[tuple[Period, str], ...]:
    """Return when in the period the price has an allowance, with its name, in order."""
    found = []
    for version in in_time_order(price.versions):
        covered = period.clipped(version.effective_from, version.effective_to)
        if covered is not None and version.included is not None:
            found.append((covered, allowance_name(price, version.included)))
    return tuple(found)


def allowances(
    terms: ContractTerms, billed: BilledPeriod, carried: Carried
) -> dict[str, Allowance]:
    """
    Return the allowances of a contract in a billing period by their names.

    Of the prices in a pool, which state the same, the first of the plan decides.
    """
    grants: dict[str, list[FreeUnits]] = {}
    for price in terms.prices:
        for stated in _stated(terms, billed, price):
            named = grants.setdefault(stated.name, [])
            grant = _grant(terms, billed, carried, stated)
            if not any(other.span.overlaps(grant.span) for other in named):
                named.append(grant)
    return {
        name: Allowance(
            tuple(sorted(found, key=lambda grant: grant.span.start)), carried.lots.get(name, ())
        )
        for name, found in grants.items()
    }


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a price states in one run of days of a billing period or a year, `full`."""

    name: str
    span: Period
    full: Period
    versions: tuple[tuple[datetime, Included], ...]

    @property
    def latest(self) -> Included:
        """The terms that hold last."""
        return self.versions[-1][1]


def _stated(terms: ContractTerms, billed: BilledPeriod, price: PriceTerms) -> Iterator[_Stated]:
    if not any(version.included for version in price.versions):
        return
    for full, window in _windows(terms, billed, price):
        breaks = [begin for begin in terms.phase_starts if _changes(price, begin)]
        for segment in window.split(breaks):
            stated = _in_segment(price, segment, full)
            if stated is not None and stated.span.overlaps(billed.covered):
                yield stated


def _windows(
    terms: ContractTerms, billed: BilledPeriod, price: PriceTerms
) -> Iterable[tuple[Period, Period]]:
    """Return the full periods of the allowance, and what the contract covers of each."""
    yearly = any(
        version.included is not None and version.included.period == AllowancePeriod.YEAR
        for version in price.versions
        if billed.covered.clipped(version.effective_from, version.effective_to) is not None
    )
    calendar = _years(terms) if yearly else None
    if calendar is None:
        return [(billed.full, billed.covered)]
    found = []
    begins = billed.covered.start
    while begins < billed.covered.end:
        year = calendar.full_period_at(begins)
        covered = year.clipped(calendar.start, calendar.end)
        assert covered is not None, "the bill lies in the contract"
        found.append((year, covered))
        begins = year.end
    return found


def _years(terms: ContractTerms) -> BillingCalendar | None:
    calendar = terms.calendar
    if calendar is None:
        return None
    if calendar.interval != BillingInterval.WEEK:
        return replace(calendar, interval=BillingInterval.YEAR)
    return BillingCalendar.anchored(
        BillingInterval.YEAR,
        local_date(calendar.start, calendar.zone),
        zone=calendar.zone,
        start=calendar.start,
        end=calendar.end,
    )


def _changes(price: PriceTerms, instant: datetime) -> bool:
    """Return whether the price's allowance is another one from an instant on."""
    before, after = (
        version_at(price.versions, instant - _MOMENT),
        version_at(price.versions, instant),
    )
    return before is None or after is None or before.included != after.included


def _in_segment(price: PriceTerms, segment: Period, full: Period) -> _Stated | None:
    found: list[tuple[Period, Included]] = []
    for version in in_time_order(price.versions):
        covered = segment.clipped(version.effective_from, version.effective_to)
        if covered is not None and version.included is not None:
            found.append((covered, version.included))
    if not found:
        return None
    span = Period(found[0][0].start, found[-1][0].end)
    sizes = tuple((covered.start, included) for covered, included in found)
    return _Stated(allowance_name(price, found[0][1]), span, full, sizes)


def _grant(
    terms: ContractTerms, billed: BilledPeriod, carried: Carried, stated: _Stated
) -> FreeUnits:
    latest = stated.latest
    since, used = carried.used_in_year.get(stated.name, (None, ZERO))
    return FreeUnits(
        span=stated.span,
        sizes=tuple(
            (begins, _size(terms, billed, stated, included)) for begins, included in stated.versions
        ),
        used=used if since == stated.span.start else ZERO,
        lasts_until=_lasts_until(terms, stated.full, latest),
        maximum=latest.rollover.maximum if latest.rollover else None,
    )


def _size(
    terms: ContractTerms, billed: BilledPeriod, stated: _Stated, included: Included
) -> Number:
    size: Number = included.quantity
    if included.per is not None:
        last = min(stated.span.end, billed.covered.end) - _MOMENT
        size = times(size, _quantity_at(terms, included.per, last))
    part = part_of(stated.full, stated.span, zone=terms.zone)
    if part.days >= part.of_days:
        return size
    return Decimal(floor(times(size, part.ratio)))


def _quantity_at(terms: ContractTerms, name: str, instant: datetime) -> Decimal:
    held = [dated for dated in terms.quantities.get(name, ()) if dated.starts_at <= instant]
    return held[-1].quantity if held else ZERO


def _lasts_until(terms: ContractTerms, full: Period, included: Included) -> datetime | None:
    if included.rollover is None or terms.calendar is None:
        return None
    calendar = terms.calendar
    if included.period == AllowancePeriod.YEAR:
        calendar = _years(terms) or calendar
    for _ in range(included.rollover.periods):
        full = calendar.full_period_at(full.end)
    return full.end


def in_one_pool(members: Sequence[Allowance]) -> Allowance:
    """
    Return the allowance of a group: the grants of its contracts add up.

    A grant counts from the day on which it begins. What was carried is the group's and stands
    with each of its contracts; it is there once.
    """
    grants = sorted(
        (grant for member in members for grant in member.grants), key=lambda grant: grant.span
    )
    pooled: list[FreeUnits] = []
    for grant in grants:
        if pooled and pooled[-1].span.overlaps(grant.span):
            pooled[-1] = _added(pooled[-1], grant)
        else:
            pooled.append(grant)
    lots = next((member.lots for member in members if member.lots), ())
    return Allowance(tuple(pooled), lots)


def _added(one: FreeUnits, other: FreeUnits) -> FreeUnits:
    begins = sorted({begin for grant in (one, other) for begin, _ in grant.sizes})
    caps = (one.maximum, other.maximum)
    ends = [end for end in (one.lasts_until, other.lasts_until) if end is not None]
    return FreeUnits(
        span=Period(one.span.start, max(one.span.end, other.span.end)),
        sizes=tuple((begin, plus(one.size_at(begin), other.size_at(begin))) for begin in begins),
        used=max(one.used, other.used),
        lasts_until=max(ends, default=None),
        maximum=None if None in caps else plus(caps[0] or ZERO, caps[1] or ZERO),
    )
