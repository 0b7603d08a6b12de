"""What a price costs in total, by quantity, as pieces of straight lines: for pictures of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from invoicing.rating.package import packages_in
from invoicing.rating.terms.package import Package, PackageRounding
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier, Volume

Curved = PerUnit | Graduated | Volume | GraduatedPercentage | Package | Percentage | Passthrough
"""
Models with a picture. Of a percentage or a cost it is what one event costs by its value, beyond
what is free; a rate card has no one curve.
"""

MOST_PACKAGES = 200
"""More steps than this are drawn as a slope."""

_EMPTY_REACH = Decimal(100)
_BEYOND = Fraction(5, 4)
_PACKAGES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight line of totals over the quantities `(start, end]`, or `[start, end)`."""

    start: Fraction
    start_total: Fraction
    end: Fraction
    end_total: Fraction


def has_curve(model: object) -> bool:
    """Return whether there is one total for a quantity."""
    return isinstance(model, Curved) and not (
        isinstance(model, PerUnit) and model.unit_price is None
    )


def curve_bounds(model: Curved) -> tuple[Decimal, ...]:
    """Return the quantities at which the price of the next unit changes, rising."""
    if isinstance(model, Graduated | Volume | GraduatedPercentage):
        return tuple(tier.up_to for tier in model.tiers if tier.up_to is not None)
    if isinstance(model, Package) and model.free_units:
        return (model.free_units,)
    return ()


def jumps_at_start(model: Curved) -> bool:
    """Return whether a quantity at which two pieces meet is of the later one."""
    return isinstance(model, Package) and model.round == PackageRounding.DOWN


def usual_reach(model: Curved) -> Fraction:
    """Return how far a picture goes that shows all of the model: a quarter beyond its bounds."""
    if isinstance(model, Package):
        return Fraction(model.free_units + _PACKAGES_SHOWN * model.package_size)
    if isinstance(model, Percentage):
        turns = [turn for turn in _turns(model) if turn > 0]
        return max(turns, default=Fraction(_EMPTY_REACH)) * _BEYOND
    bounds = curve_bounds(model)
    return Fraction(bounds[-1]) * _BEYOND if bounds else Fraction(_EMPTY_REACH)


def cost_pieces(model: Curved, *, up_to: Fraction) -> tuple[Piece, ...]:
    """Return the totals of the quantities `(0, up_to]`, piece by piece, unrounded."""
    if isinstance(model, Package):
        return tuple(_packages(model, up_to))
    if isinstance(model, Percentage):
        return tuple(_percentage(model, up_to))
    if isinstance(model, PerUnit):
        return (_line(Fraction(0), up_to, Fraction(model.unit_price or 0), Fraction(0)),)
    if isinstance(model, Passthrough):
        rate = 1 + Fraction(model.markup_percent) / 100
        return (_line(Fraction(0), up_to, rate, Fraction(model.markup_fixed)),)
    return tuple(_tiers(model, up_to))


def _line(start: Fraction, end: Fraction, rate: Fraction, base: Fraction) -> Piece:
    return Piece(start, base + rate * start, end, base + rate * end)


def _tiers(model: Graduated | Volume | GraduatedPercentage, up_to: Fraction) -> Iterator[Piece]:
    total, start = Fraction(0), Fraction(0)
    for tier in model.tiers:
        end = up_to if tier.up_to is None else min(up_to, Fraction(tier.up_to))
        if end <= start:
            return
        rate, fee = _rate(model, tier), Fraction(tier.flat_fee)
        base = fee if isinstance(model, Volume) else total + fee - rate * start
        piece = _line(start, end, rate, base)
        yield piece
        total, start = piece.end_total, end


def _rate(model: Graduated | Volume | GraduatedPercentage, tier: Tier) -> Fraction:
    rate = Fraction(tier.rate)
    return rate / 100 if isinstance(model, GraduatedPercentage) else rate


def _packages(model: Package, up_to: Fraction) -> Iterator[Piece]:
    size, price = Fraction(model.package_size), Fraction(model.package_price)
    free = Fraction(model.free_units)
    if packages_in(model, up_to) > MOST_PACKAGES:
        yield _line(Fraction(0), free, Fraction(0), Fraction(0))
        yield _line(free, up_to, price / size, -free * price / size)
        return
    start, count = Fraction(0), 0
    # Rounded down, a package is due as soon as it is full: the step begins at its end.
    first = free if model.round == PackageRounding.UP else free + size
    while start < up_to:
        end = min(first + size * count, up_to)
        if end > start:
            yield Piece(start, price * count, end, price * count)
        start, count = end, count + 1
    if jumps_at_start(model) and packages_in(model, up_to) == count:
        yield Piece(up_to, price * count, up_to, price * count)


def _percentage(model: Percentage, up_to: Fraction) -> Iterator[Piece]:
    turns = sorted({turn for turn in _turns(model) if 0 < turn < up_to})
    start = Fraction(0)
    for end in (*turns, up_to):
        yield Piece(start, _charged(model, start), end, _charged(model, end))
        start = end


def _turns(model: Percentage) -> Iterator[Fraction]:
    """Yield the values at which a limit of the event begins or ends to hold."""
    for limit in (model.minimum_per_event, model.maximum_per_event):
        if limit is not None and model.percent:
            yield (Fraction(limit) - Fraction(model.fixed_fee)) * 100 / Fraction(model.percent)


def _charged(model: Percentage, value: Fraction) -> Fraction:
    amount = value * Fraction(model.percent) / 100 + Fraction(model.fixed_fee)
    if model.minimum_per_event is not None:
        amount = max(amount, Fraction(model.minimum_per_event))
    if model.maximum_per_event is not None:
        amount = min(amount, Fraction(model.maximum_per_event))
    return amount
