"""What a price costs by quantity, drawn; where more usage costs less, shaded and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from charts.cost_curve import Curve, Straight, Stretch, cost_curve
from charts.cost_curve_shapes import CostCurve
from invoicing.rating.calculation import written
from invoicing.rating.cost_curve import (
    Curved,
    cost_pieces,
    curve_bounds,
    jumps_at_start,
    usual_reach,
)
from invoicing.rating.sentence import with_unit
from invoicing.rating.terms.tiers import Volume
from invoicing.rating.volume_dips import dip_words, volume_dips
from values.exact import plain
from values.money import fine_text
from values.number import Number


@dataclass(frozen=True, slots=True)
class Drawn:
    """A model and what its curve is called: ``Now``, ``From 2025-01-01``."""

    name: str
    model: Curved


def price_curve(
    *, drawn: Sequence[Drawn], unit: str, currency: str, title: str = "", key: str = "curve"
) -> CostCurve:
    """
    Return the totals of one model by quantity, or of several to compare, in plain numbers.

    `unit` may be empty. Dips are those of the last model: it is the one that is being made.

    :raises TooManyCurves:
    """
    reach = max((usual_reach(each.model) for each in drawn), default=Fraction(1))
    bounds = {bound for each in drawn for bound in curve_bounds(each.model)}
    return cost_curve(
        title=title or "Total by quantity",
        curves=[_curve(each, reach) for each in drawn],
        bounds=bounds,
        stretches=_dips(drawn[-1].model, unit, currency) if drawn else (),
        quantity_words=lambda quantity: with_unit(_number(quantity), quantity, unit),
        money_words=lambda amount: _money(amount, currency),
        key=key,
    )


def dip_warnings(model: object, *, unit: str, currency: str) -> tuple[str, ...]:
    """Return a sentence for each stretch in which more usage costs less; for volume prices."""
    return tuple(stretch.words for stretch in _dips(model, unit, currency))


def _curve(drawn: Drawn, reach: Fraction) -> Curve:
    pieces = cost_pieces(drawn.model, up_to=reach)
    return Curve(
        name=drawn.name,
        pieces=[
            Straight(each.start, each.start_total, each.end, each.end_total) for each in pieces
        ],
        jumps_at_start=jumps_at_start(drawn.model),
    )


def _dips(model: object, unit: str, currency: str) -> list[Stretch]:
    if not isinstance(model, Volume):
        return []
    return [
        Stretch(
            Fraction(dip.above),
            dip.ends,
            dip_words(
                dip,
                number=_number,
                money=lambda amount: _money(amount, currency),
                unit=unit or "unit",
            ),
        )
        for dip in volume_dips(model)
    ]


def _number(quantity: Decimal) -> str:
    whole, point, places = plain(quantity).partition(".")
    return f"{int(whole):,}{point}{places}"


def _money(amount: Number, currency: str) -> str:
    number, dots = written(amount)
    whole, point, places = fine_text(number, currency).partition(".")
    return f"{int(whole):,}{point}{places}{dots} {currency}"
