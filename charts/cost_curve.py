"""
Totals by quantity: straight pieces, jumps between them, bounds, and stretches to point out.

Across, places are shares of the width in percent; down, they are whole pixels, as in
`charts.stacked_bars`. `templates/charts/cost_curve.html` draws it, with a table behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from charts.cost_curve_shapes import CostCurve, CurveRow, Mark, Shade, Stroke
from charts.shapes import AxisLabel, GridLine
from charts.ticks import nice_ticks, short_number
from values.exact import plain

HEIGHT = 208
"""Pixels from the highest total there can be to the bottom."""

MOST_CURVES = 3
"""As many as there are strokes that can be told apart."""

_PIXELS_OF_A_LETTER = 8
_LABEL_GAP = Fraction(9)
_LABEL_GAP_ON_PHONES = Fraction(26)


class TooManyCurves(ValueError):
    """More curves than can be told apart."""


@dataclass(frozen=True, slots=True)
class Straight:
    """A line over the quantities from `start` to `end`, which may be one quantity."""

    start: Fraction
    start_total: Fraction
    end: Fraction
    end_total: Fraction

    def at(self, quantity: Fraction) -> Fraction:
        """Return the total of one of its quantities."""
        if self.start == self.end:
            return self.end_total
        share = (quantity - self.start) / (self.end - self.start)
        return self.start_total + share * (self.end_total - self.start_total)


@dataclass(frozen=True, slots=True)
class Curve:
    """
    A name and its pieces, which follow each other from 0 on.

    `jumps_at_start`: where pieces meet, the quantity costs what the later one says.
    """

    name: str
    pieces: Sequence[Straight]
    jumps_at_start: bool = False

    def at(self, quantity: Fraction) -> Fraction | None:
        """Return the total of a quantity, None where the curve has none."""
        within = [piece for piece in self.pieces if piece.start <= quantity <= piece.end]
        if not within:
            return None
        return (within[-1] if self.jumps_at_start else within[0]).at(quantity)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Quantities that are shaded, with the sentence that says why; no end: to the right edge."""

    start: Fraction
    end: Fraction | None
    words: str


def cost_curve(
    *,
    title: str,
    curves: Sequence[Curve],
    bounds: Iterable[Decimal] = (),
    stretches: Sequence[Stretch] = (),
    quantity_words: Callable[[Decimal], str] = plain,
    money_words: Callable[[Fraction], str] = plain,
    money_axis_words: Callable[[Decimal], str] = short_number,
    quantity_word: str = "Quantity",
    key: str = "curve",
) -> CostCurve:
    """
    Return the picture of one curve, or of several to compare.

    It reaches as far as the longest curve. `bounds` are marked, and named below as far as
    there is room; the table has every bound, the ends of the stretches, and round quantities.

    :raises TooManyCurves:
    """
    if len(curves) > MOST_CURVES:
        raise TooManyCurves(f"{len(curves)} curves, {MOST_CURVES} can be told apart")
    reach = max((curve.pieces[-1].end for curve in curves), default=Fraction(1))
    inner = sorted({bound for bound in bounds if 0 < bound < reach})
    scale = _Scale(reach, _ticks(curves))
    ends = [scale.reach if each.end is None else min(each.end, reach) for each in stretches]
    return CostCurve(
        key=key,
        title=title,
        summary=_summary(curves, reach, stretches, quantity_words, money_words),
        quantity_word=quantity_word,
        height=HEIGHT,
        axis_width=max(len(money_axis_words(tick)) for tick in scale.ticks) * _PIXELS_OF_A_LETTER
        + 8,
        names=tuple(curve.name for curve in curves),
        strokes=tuple(_strokes(curves, scale)),
        marks=tuple(_marks(curves, inner, scale, quantity_words, money_words)),
        shades=tuple(
            Shade(scale.x(each.start), scale.width(end - each.start), each.words)
            for each, end in zip(stretches, ends, strict=True)
        ),
        bounds=tuple(scale.x(Fraction(bound)) for bound in inner),
        grid=tuple(
            GridLine(money_axis_words(tick), scale.y(Fraction(tick)), not tick)
            for tick in scale.ticks
        ),
        labels=_labels(inner, scale),
        rows=tuple(_rows(curves, _points(inner, ends, reach), quantity_words, money_words)),
        notes=tuple(each.words for each in stretches),
    )


class _Scale:
    """Places of quantities in percent, and of totals in pixels from the top."""

    def __init__(self, reach: Fraction, ticks: tuple[Decimal, ...]) -> None:
        self.reach = reach
        self.ticks = ticks

    def share(self, quantity: Fraction) -> Fraction:
        return 100 * quantity / self.reach

    def x(self, quantity: Fraction) -> str:
        return _percent(self.share(quantity))

    def width(self, quantity: Fraction) -> str:
        return _percent(self.share(quantity))

    def y(self, total: Fraction) -> int:
        top, bottom = Fraction(self.ticks[-1]), Fraction(self.ticks[0])
        return HEIGHT if top == bottom else round(HEIGHT * (top - total) / (top - bottom))


def _percent(share: Fraction) -> str:
    return f"{plain(Decimal(round(share * 1000)).scaleb(-3))}%"


def _ticks(curves: Sequence[Curve]) -> tuple[Decimal, ...]:
    pieces = [piece for curve in curves for piece in curve.pieces]
    totals = [total for piece in pieces for total in (piece.start_total, piece.end_total)]
    return nice_ticks(Decimal(0), Decimal(plain(max(totals, default=Fraction(0)))))


def _strokes(curves: Sequence[Curve], scale: _Scale) -> Iterator[Stroke]:
    for number, curve in enumerate(curves, start=1):
        before = Fraction(0)
        for piece in curve.pieces:
            start, end = scale.x(piece.start), scale.x(piece.end)
            begins, ends = scale.y(piece.start_total), scale.y(piece.end_total)
            if piece.start_total != before:
                yield Stroke(number, start, scale.y(before), start, begins, is_jump=True)
            yield Stroke(number, start, begins, end, ends)
            before = piece.end_total


def _marks(
    curves: Sequence[Curve],
    bounds: Sequence[Decimal],
    scale: _Scale,
    quantity_words: Callable[[Decimal], str],
    money_words: Callable[[Fraction], str],
) -> Iterator[Mark]:
    for number, curve in enumerate(curves, start=1):
        for bound in bounds:
            total = curve.at(Fraction(bound))
            if total is not None:
                name = f"{curve.name}, " if len(curves) > 1 else ""
                words = f"{name}{quantity_words(bound)}: {money_words(total)}"
                yield Mark(number, scale.x(Fraction(bound)), scale.y(total), words)


def _labels(bounds: Sequence[Decimal], scale: _Scale) -> tuple[AxisLabel, ...]:
    """Return the names of the bounds, else of round quantities, as many as have room."""
    reach = Decimal(plain(scale.reach))
    ticks = (tick for tick in nice_ticks(Decimal(0), reach) if tick <= reach)
    labels, last, last_narrow = [], Fraction(-100), Fraction(-100)
    for quantity in [Decimal(0), *bounds] if bounds else ticks:
        share = scale.share(Fraction(quantity))
        if share - last < _LABEL_GAP:
            continue
        narrow = share - last_narrow >= _LABEL_GAP_ON_PHONES
        labels.append(AxisLabel(short_number(quantity), _percent(share), _anchor(share), narrow))
        last, last_narrow = share, share if narrow else last_narrow
    return tuple(labels)


def _anchor(share: Fraction) -> str:
    if share < 5:
        return "start"
    return "end" if share > 95 else "middle"


def _points(bounds: Sequence[Decimal], ends: Sequence[Fraction], reach: Fraction) -> list[Decimal]:
    rounds = nice_ticks(Decimal(0), Decimal(plain(reach)))
    # The first whole quantity after a stretch costs as much again as that before it.
    after = [Decimal(ceil(end)) for end in ends]
    just_above = [bound + 1 for bound in bounds]
    every = {*bounds, *just_above, *rounds, *after}
    return sorted(point for point in every if 0 < point <= reach)


def _rows(
    curves: Sequence[Curve],
    points: Sequence[Decimal],
    quantity_words: Callable[[Decimal], str],
    money_words: Callable[[Fraction], str],
) -> Iterator[CurveRow]:
    for point in points:
        totals = [curve.at(Fraction(point)) for curve in curves]
        cells = tuple("" if total is None else money_words(total) for total in totals)
        yield CurveRow(quantity_words(point), cells)


def _summary(
    curves: Sequence[Curve],
    reach: Fraction,
    stretches: Sequence[Stretch],
    quantity_words: Callable[[Decimal], str],
    money_words: Callable[[Fraction], str],
) -> str:
    if not curves:
        return "Nothing to show."
    ends = []
    for curve in curves:
        last = curve.pieces[-1]
        name = f"{curve.name}: " if len(curves) > 1 else ""
        end = quantity_words(Decimal(plain(last.end)))
        ends.append(f"{name}{money_words(last.end_total)} at {end}")
    warned = " ".join(each.words for each in stretches)
    return f"{'; '.join(ends)}. {warned}".strip()
