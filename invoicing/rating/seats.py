"""Seats: a price for each of a quantity that the contract states by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.rating.fixed_charge import Amount, FixedCharge, days_step, fixed_line
from invoicing.rating.lines import Line
from invoicing.rating.seat_runs import DatedQuantity, SeatRun, seat_runs
from invoicing.rating.terms.fixed import Timing
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.tiers import Graduated, Volume
from invoicing.rating.tier_steps import fee_step, parts_between, tier_at, tier_step
from invoicing.rating.trace import RateSource, TraceStep
from values.number import ZERO, Number, times

_VOLUME_FEE = 0


def rate_seats(
    charge: FixedCharge, quantities: Sequence[DatedQuantity], *, timing: Timing
) -> tuple[Line, ...]:
    """
    Return what of the price falls due at this time: a line per run of days with one quantity.

    Each takes the version of the first day of the period, or of the phase in it, and costs its
    days. Graduated seats are split over the tiers day by day, a line for each tier that a run
    reaches; volume prices all of them at the tier of the highest quantity of the period. The
    flat fee of a tier is due once per period, whole, after the line that enters it. Without
    proration the first day's quantity is due once per period, in full.
    """
    runs = list(seat_runs(charge, quantities))
    highest = max((run.quantity for run in runs), default=ZERO)
    fees_due: set[int] = set()
    lines: list[Line] = []
    for run in runs:
        found = list(_lines(charge, run, highest, fees_due))
        if run.terms.timing == timing:
            lines += found
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _InTier:
    """Seats in a tier; `reached` decides the tier, and whether its flat fee is due."""

    index: int
    seats: Number
    reached: Number


def _lines(
    charge: FixedCharge, run: SeatRun, highest: Decimal, fees_due: set[int]
) -> Iterator[Line]:
    model = run.terms.model
    if isinstance(model, PerUnit):
        assert model.unit_price is not None, "seats have no rate card"
        if run.quantity:
            yield _seats_line(charge, run, run.quantity, _Rate(model.unit_price))
        return
    name = "graduated" if isinstance(model, Graduated) else "volume"
    for part in _parts(model, run.quantity, highest):
        if part.seats:
            step = tier_step(model.tiers, part.index, part.reached, name)
            rate = model.tiers[part.index].rate
            suffix = f"tier {part.index + 1}"
            yield _seats_line(
                charge, run, part.seats, _Rate(rate, name, RateSource.TIER, (step,), suffix)
            )
        entered = bool(part.reached) or model.flat_fee_at_zero
        fee = part.index if isinstance(model, Graduated) else _VOLUME_FEE
        if entered and fee not in fees_due:
            fees_due.add(fee)
            if model.tiers[part.index].flat_fee:
                yield _fee_line(charge, run, model, part.index, name)


def _parts(model: Graduated | Volume, quantity: Decimal, highest: Decimal) -> Iterator[_InTier]:
    if isinstance(model, Volume):
        yield _InTier(tier_at(model.tiers, highest), quantity, highest)
        return
    for index, seats in parts_between(model.tiers, ZERO, quantity):
        yield _InTier(index, seats, seats)


@dataclass(frozen=True, slots=True)
class _Rate:
    unit_price: Decimal
    model: str = "seat"
    source: RateSource = RateSource.UNIT_PRICE
    steps: tuple[TraceStep, ...] = ()
    suffix: str = ""


def _seats_line(charge: FixedCharge, run: SeatRun, seats: Number, rate: _Rate) -> Line:
    full_amount = times(seats, rate.unit_price)
    amount = Amount(
        exact=times(full_amount, run.part.ratio),
        quantity=seats,
        unit="seat",
        unit_price=rate.unit_price,
        model=rate.model,
        source=rate.source,
        steps=(*rate.steps, days_step(run.part, full_amount)),
    )
    return fixed_line(charge, run.days.version, run.period, amount, suffix=rate.suffix)


def _fee_line(
    charge: FixedCharge, run: SeatRun, model: Graduated | Volume, index: int, name: str
) -> Line:
    fee = model.tiers[index].flat_fee
    amount = Amount(
        exact=fee,
        unit_price=fee,
        model=name,
        source=RateSource.TIER,
        steps=(fee_step(model.tiers, index),),
    )
    suffix = f"tier {index + 1} flat fee"
    return fixed_line(charge, run.days.version, run.days.period, amount, suffix=suffix)
