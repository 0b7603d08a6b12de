"""Runs of days with one quantity of seats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Protocol

from invoicing.rating.fee_days import FeeDays
from invoicing.rating.fixed_charge import FixedCharge
from invoicing.rating.proration import Part
from invoicing.rating.terms.fixed import Proration, Seat
from values.number import ZERO
from values.period import Period


class DatedQuantity(Protocol):
    """A quantity from a local midnight on, until the next."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def quantity(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class SeatRun:
    """
    Days with one quantity, in the days of one version; `part` is what they cost of a period.

    Without proration one run stands for the period, and costs all of it.
    """

    days: FeeDays
    period: Period
    quantity: Decimal
    part: Part

    @property
    def terms(self) -> Seat:
        """The terms of the version."""
        return _terms(self.days)


def seat_runs(charge: FixedCharge, quantities: Sequence[DatedQuantity]) -> Iterator[SeatRun]:
    """
    Yield the runs of a period in order, also those in which the quantity is 0.

    `quantities` stand in the order of time; before the first it is 0.
    """
    found = charge.days()
    whole = [days for days in found if _terms(days).prorate == Proration.NONE]
    for days in found:
        if _terms(days).prorate == Proration.DAY:
            for period, quantity in _quantity_runs(days.period, quantities):
                yield SeatRun(days, period, quantity, charge.part(period))
        elif days is whole[0]:
            once = Period(days.period.start, whole[-1].period.end)
            quantity = quantity_at(once.start, quantities)
            yield SeatRun(days, once, quantity, charge.part(charge.full))


def quantity_at(instant: datetime, quantities: Sequence[DatedQuantity]) -> Decimal:
    """Return the quantity that holds at an instant, 0 before the first."""
    held = [dated.quantity for dated in quantities if dated.starts_at <= instant]
    return held[-1] if held else ZERO


def _quantity_runs(
    period: Period, quantities: Sequence[DatedQuantity]
) -> Iterable[tuple[Period, Decimal]]:
    parts = period.split(dated.starts_at for dated in quantities)
    for quantity, group in groupby(parts, key=lambda part: quantity_at(part.start, quantities)):
        same = list(group)
        yield Period(same[0].start, same[-1].end), quantity


def _terms(days: FeeDays) -> Seat:
    model = days.version.model
    assert isinstance(model, Seat), "a seat price has seat versions"
    return model
