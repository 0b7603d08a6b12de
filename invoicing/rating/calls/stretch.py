"""The sums of the calls in one stretch of time, from which lines are made."""

from __future__ import annotations

from dataclasses import dataclass, field

from invoicing.rating.calls.bundles import BundleLot
from invoicing.rating.calls.charge_call import Charged
from usage.metering.quantity import Dimensions
from values.period import Period

LineKey = tuple[str | None, Dimensions]
"""Tax code, and the values that a price keeps its lines apart by."""


@dataclass(slots=True)
class CallSums:
    """Calls that were paid for, at least in part; `charge` in units of the last decimal."""

    calls: int = 0
    raw_seconds: int = 0
    billed_seconds: int = 0
    paid_seconds: int = 0
    charge: int = 0

    def add(self, other: CallSums) -> None:
        """Add the sums of another stretch."""
        self.calls += other.calls
        self.raw_seconds += other.raw_seconds
        self.billed_seconds += other.billed_seconds
        self.paid_seconds += other.paid_seconds
        self.charge += other.charge


@dataclass(slots=True)
class LotSums:
    """What calls used of a lot; a call that uses two lots of a bundle counts once."""

    calls: int = 0
    seconds: int = 0


@dataclass(slots=True)
class Stretch:
    """A part of the period in one version of the price, between two cuts."""

    period: Period
    lines: dict[LineKey, CallSums] = field(default_factory=dict)
    lots: dict[int, LotSums] = field(default_factory=dict)

    def add(self, key: LineKey, raw_seconds: int, charged: Charged) -> None:
        """Add a call: its paid part to a line, the free one to the lots that it used."""
        if charged.uses:
            self._add_uses(charged)
        if not charged.paid_seconds:
            return
        sums = self.lines.get(key)
        if sums is None:
            sums = self.lines[key] = CallSums()
        sums.calls += 1
        sums.raw_seconds += raw_seconds
        sums.billed_seconds += charged.billed_seconds
        sums.paid_seconds += charged.paid_seconds
        sums.charge += charged.charge

    def of_lot(self, lot: BundleLot) -> LotSums | None:
        """Return what calls of this stretch used of a lot."""
        return self.lots.get(id(lot))

    def _add_uses(self, charged: Charged) -> None:
        counted = set()
        for lot, seconds in charged.uses:
            sums = self.lots.setdefault(id(lot), LotSums())
            sums.seconds += seconds
            if lot.bundle.code not in counted:
                sums.calls += 1
                counted.add(lot.bundle.code)
