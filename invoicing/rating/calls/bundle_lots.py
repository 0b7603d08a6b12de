"""
The seconds that a period has for free: granted anew, granted once, and carried over.

A bundle that goes on while versions of its price change is one grant, also of another size from
then on; a phase that changes it begins another. A grant that holds for a part of the period has
its days' part of the seconds, down to whole ones.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from invoicing.rating.calls.bundles import BundleLot
from invoicing.rating.lots import Lot
from invoicing.rating.price import PriceTerms
from invoicing.rating.proration import nearest_day, part_of
from invoicing.rating.terms.bundle import Bundle
from invoicing.rating.terms.calls import Calls
from invoicing.rating.versions import in_time_order
from values.calendar import local_midnight
from values.period import Period

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Billed:
    """
    The billing period in which bundles are granted: the covered part, the whole, the zone.

    At `phase_starts` a bundle that changes is another grant.
    """

    covered: Period
    full: Period
    zone: str
    phase_starts: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class _Offer:
    """A bundle in some versions, side by side; `whole` is the time of the grant it is part of."""

    bundle: Bundle
    time: Period
    whole: Period


def lots_name(price: str, bundle: str) -> str:
    """Return the name under which the lots of a bundle are carried from bill to bill."""
    return f"bundle:{price}:{bundle}"


def bundle_lots(
    price: PriceTerms, billed: Billed, carried: Mapping[str, Sequence[Lot]]
) -> list[BundleLot]:
    """Return the lots of a period before its first call."""
    lots: list[BundleLot] = []
    earlier: dict[str, BundleLot] = {}
    seen: set[str] = set()
    for offer in _offers(price, billed):
        code = offer.bundle.code
        before = () if code in seen else carried.get(lots_name(price.code, code), ())
        if not offer.bundle.is_granted_once:
            lots.extend(_carried_over(offer, billed, before))
            lots.append(_granted(offer, billed, earlier.get(code)))
            earlier[code] = lots[-1]
        elif code not in seen:
            lots.extend(_granted_once(offer, billed, before))
        seen.add(code)
    return lots


def lots_left(
    price: PriceTerms,
    billed: Billed,
    lots: Sequence[BundleLot],
    carried: Mapping[str, Sequence[Lot]],
) -> dict[str, tuple[Lot, ...]]:
    """
    Return what the next period begins with, by `lots_name`, the oldest first.

    A bundle that the price did not offer in this period keeps what was `carried` until then.
    """
    left = _not_offered(price, billed, lots, carried)
    for code in dict.fromkeys(lot.bundle.code for lot in lots):
        own = [lot for lot in lots if lot.bundle.code == code]
        kept = _kept_once(own, billed) if own[0].bundle.is_granted_once else _rolled(own, billed)
        if kept:
            left[lots_name(price.code, code)] = tuple(kept)
    return left


def _offers(price: PriceTerms, billed: Billed) -> Iterator[_Offer]:
    """Yield which bundles the versions in force offer, by bundle and time."""
    offers: dict[str, list[tuple[Bundle, Period]]] = {}
    for version in in_time_order(price.versions):
        time = billed.covered.clipped(version.effective_from, version.effective_to)
        if time is not None and isinstance(version.model, Calls):
            for bundle in version.model.bundles:
                offers.setdefault(bundle.code, []).append((bundle, time))
    for own in offers.values():
        for grant in _grants(own, billed.phase_starts):
            whole = Period(grant[0][1].start, grant[-1][1].end)
            yield from (_Offer(bundle, time, whole) for bundle, time in grant)


def _grants(
    offers: Sequence[tuple[Bundle, Period]], phase_starts: Sequence[datetime]
) -> list[list[tuple[Bundle, Period]]]:
    grants: list[list[tuple[Bundle, Period]]] = []
    for bundle, time in offers:
        before, until = grants[-1][-1] if grants else (None, None)
        if until is None or until.end != time.start:
            grants.append([(bundle, time)])
        elif before == bundle:
            grants[-1][-1] = (bundle, Period(until.start, time.end))
        elif time.start in phase_starts:
            grants.append([(bundle, time)])
        else:
            grants[-1].append((bundle, time))
    return grants


def _granted_once(offer: _Offer, billed: Billed, before: Sequence[Lot]) -> Iterator[BundleLot]:
    bundle = offer.bundle
    usable = billed.covered.clipped(bundle.effective_from, bundle.effective_to)
    if usable is None:
        return
    left = int(before[0].left) if before else bundle.seconds
    granted_at = before[0].granted_at if before else bundle.effective_from or usable.start
    yield BundleLot(bundle, left, granted_at, bundle.effective_to, usable, offer.whole)


def _granted(offer: _Offer, billed: Billed, earlier: BundleLot | None) -> BundleLot:
    bundle, full = offer.bundle, billed.full
    part = part_of(full, offer.whole, zone=billed.zone)
    seconds = bundle.seconds * part.days // part.of_days
    lasts = bundle.rollover.periods if bundle.rollover else 0
    expires_at = _end_of_later(billed, lasts)
    lot = BundleLot(bundle, seconds, full.start, expires_at, offer.time, offer.whole)
    if earlier is not None and earlier.offered == offer.whole:
        lot.follows = earlier
    return lot


def _carried_over(offer: _Offer, billed: Billed, before: Sequence[Lot]) -> Iterator[BundleLot]:
    rollover = offer.bundle.rollover
    if rollover is None:
        return
    for lot in before:
        lasts = rollover.periods - _age(lot.granted_at, billed)
        if lasts >= 0:
            left, expires_at = int(lot.left), _end_of_later(billed, lasts)
            usable = Period(offer.time.start, billed.covered.end)
            yield BundleLot(offer.bundle, left, lot.granted_at, expires_at, usable, offer.whole)


def _not_offered(
    price: PriceTerms,
    billed: Billed,
    lots: Sequence[BundleLot],
    carried: Mapping[str, Sequence[Lot]],
) -> dict[str, tuple[Lot, ...]]:
    offered = {lots_name(price.code, lot.bundle.code) for lot in lots}
    kept = {}
    for name, before in carried.items():
        if name.startswith(lots_name(price.code, "")) and name not in offered:
            kept[name] = tuple(lot for lot in before if _outlives(lot.expires_at, billed))
    return {name: before for name, before in kept.items() if before}


def _kept_once(own: Sequence[BundleLot], billed: Billed) -> list[Lot]:
    return [
        Lot(Decimal(lot.left), lot.granted_at, lot.expires_at)
        for lot in own
        if _outlives(lot.expires_at, billed)
    ]


def _rolled(own: Sequence[BundleLot], billed: Billed) -> list[Lot]:
    """Return what lasts longer than this period; over the maximum the oldest is lost."""
    rollover = own[-1].bundle.rollover
    if rollover is None:
        return []
    room = None if rollover.maximum is None else int(rollover.maximum)
    kept: list[Lot] = []
    for lot in sorted(own, key=lambda lot: lot.granted_at, reverse=True):
        if not lot.left or _age(lot.granted_at, billed) >= rollover.periods:
            continue
        left = lot.left if room is None else min(lot.left, room)
        room = None if room is None else room - left
        if left:
            kept.append(Lot(Decimal(left), lot.granted_at, lot.expires_at))
    return kept[::-1]


def _outlives(expires_at: datetime | None, billed: Billed) -> bool:
    return expires_at is None or expires_at > billed.covered.end


def _age(granted_at: datetime, billed: Billed) -> int:
    """Return how many periods before this one a lot was granted; months differ in length."""
    granted = nearest_day(granted_at, billed.zone)
    here = nearest_day(billed.full.start, billed.zone)
    months = _length_in_months(billed)
    return _months(granted, here) // months if months else (here - granted).days // _WEEK


def _end_of_later(billed: Billed, periods: int) -> datetime:
    """Return the end of the period that comes so many after this one."""
    if not periods:
        return billed.full.end
    start = nearest_day(billed.full.start, billed.zone)
    end = nearest_day(billed.full.end, billed.zone)
    months = _length_in_months(billed) * periods
    if not months:
        return local_midnight(end + timedelta(days=_WEEK * periods), billed.zone)
    year, month = divmod(end.year * 12 + end.month - 1 + months, 12)
    # A period that begins on the last day of a short month belongs to the anchor of its longer.
    day = min(max(start.day, end.day), monthrange(year, month + 1)[1])
    return local_midnight(date(year, month + 1, day), billed.zone)


def _length_in_months(billed: Billed) -> int:
    """Return the length of a period, 0 for a week."""
    start = nearest_day(billed.full.start, billed.zone)
    end = nearest_day(billed.full.end, billed.zone)
    return 0 if (end - start).days <= _WEEK else _months(start, end)


def _months(one: date, other: date) -> int:
    return (other.year - one.year) * 12 + other.month - one.month
