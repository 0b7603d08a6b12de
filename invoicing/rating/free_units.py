"""
An allowance as it is used up: what periods grant, what is left of earlier ones, what is carried.

Lots that were carried are used before the grant of the period, the one that ends first before
the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from invoicing.rating.lots import Lot
from values.number import ZERO, Number, minus, plus
from values.period import Period

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FreeUnits:
    """
    What an allowance grants in a span of time: a billing period, a year, or a phase's part.

    `sizes` are (from when, how many) in the order of time, because versions may change it;
    `used` is what earlier bills of a year took. What is left at the end lasts until
    `lasts_until` (None: it is lost), and no more than `maximum` (None: no cap) is carried.
    """

    span: Period
    sizes: tuple[tuple[datetime, Number], ...]
    used: Number = ZERO
    lasts_until: datetime | None = None
    maximum: Number | None = None

    def size_at(self, instant: datetime) -> Number:
        """Return how many units are granted in all, as it stands at an instant."""
        size: Number = ZERO
        for begins, quantity in self.sizes:
            if begins > instant:
                break
            size = quantity
        return size


@dataclass(frozen=True, slots=True)
class Allowance:
    """The grants of one name in a billing period, earliest first, and the lots carried into it."""

    grants: tuple[FreeUnits, ...]
    lots: tuple[Lot, ...] = ()


@dataclass(frozen=True, slots=True)
class Remainder:
    """
    What a billing period leaves of an allowance.

    `left` is what remained of each grant, with what was carried, when it or the period ended.
    `used_since` is when a grant began that goes on after the period, and what it gave so far.
    """

    left: tuple[Number, ...] = ()
    lots: tuple[Lot, ...] = ()
    used_since: tuple[datetime, Number] | None = None


class Account:
    """An allowance while a billing period uses it up, in the order of time."""

    __slots__ = ("_grants", "_left", "_lots", "_number", "_used")

    def __init__(self, allowance: Allowance) -> None:
        self._grants = allowance.grants
        self._lots = sorted(allowance.lots, key=_first_to_end)
        self._left: list[Number] = []
        self._number = 0
        self._used = self._grants[0].used if self._grants else ZERO

    def grant_at(self, instant: datetime) -> int | None:
        """Return the number of the grant of an instant, None where there is none then."""
        while self._number < len(self._grants):
            span = self._grants[self._number].span
            if instant < span.end:
                return self._number if span.start <= instant else None
            self._end_grant()
        return None

    def available(self, instant: datetime) -> Number:
        """Return what the grant of an instant and the lots can still give."""
        return plus(self._in_grant(instant), self._in_lots(instant))

    def take(self, instant: datetime, wanted: Number) -> Number:
        """Use up to so many units, which must not be negative; return how many there were."""
        left = wanted
        for index, lot in enumerate(self._lots):
            if not left:
                break
            if _first_to_end(lot) > instant:
                given = min(left, lot.left)
                self._lots[index] = replace(lot, left=minus(lot.left, given))
                left = minus(left, given)
        given = min(left, self._in_grant(instant))
        self._used = plus(self._used, given)
        return plus(minus(wanted, left), given)

    def give_back(self, units: Number) -> None:
        """Take units back that nobody used after all: into the grant, then into the lots."""
        returned = min(units, self._used)
        self._used = minus(self._used, returned)
        if self._lots and returned < units:
            lot = self._lots[-1]
            self._lots[-1] = replace(lot, left=plus(lot.left, minus(units, returned)))

    def close(self, until: datetime) -> Remainder:
        """Return what remains when the billing period ends."""
        used_since = None
        while self._number < len(self._grants):
            grant = self._grants[self._number]
            if grant.span.end > until:
                self._left.append(self.available(until))
                used_since = (grant.span.start, self._used)
                break
            self._end_grant()
        lots = tuple(lot for lot in self._lots if lot.left and _first_to_end(lot) > until)
        return Remainder(tuple(self._left), lots, used_since)

    def _in_grant(self, instant: datetime) -> Number:
        size = self._grants[self._number].size_at(instant)
        return max(ZERO, minus(size, self._used))

    def _in_lots(self, instant: datetime) -> Number:
        whole: Number = ZERO
        for lot in self._lots:
            if _first_to_end(lot) > instant:
                whole = plus(whole, lot.left)
        return whole

    def _end_grant(self) -> None:
        grant = self._grants[self._number]
        ends = grant.span.end
        rest = self._in_grant(ends)
        self._left.append(plus(rest, self._in_lots(grant.span.start)))
        kept = [lot for lot in self._lots if lot.left and _first_to_end(lot) > ends]
        if rest and grant.lasts_until is not None and grant.lasts_until > ends:
            kept.append(Lot(rest, grant.span.start, grant.lasts_until))
        self._lots = _capped(sorted(kept, key=_first_to_end), grant.maximum)
        self._number += 1
        if self._number < len(self._grants):
            self._used = self._grants[self._number].used


def _capped(lots: Sequence[Lot], maximum: Number | None) -> list[Lot]:
    """Return no more than the maximum; what would end first goes first."""
    if maximum is None:
        return list(lots)
    kept: list[Lot] = []
    for lot in reversed(lots):
        left = min(lot.left, maximum)
        maximum = minus(maximum, left)
        if left:
            kept.insert(0, replace(lot, left=left))
    return kept


def _first_to_end(lot: Lot) -> datetime:
    return lot.expires_at or _NEVER
