"""
Bars over time, stacked by series: every number of the picture, ready to draw as SVG.

Across, places are shares of the width in percent, so that the picture grows with the page
and its words do not; down, they are whole pixels. `templates/charts/stacked_bars.html` draws
it, with the exact numbers as a table behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from charts.shapes import (
    AxisLabel,
    Column,
    GridLine,
    LegendEntry,
    Segment,
    Series,
    StackedBars,
    TableRow,
)
from charts.ticks import nice_ticks, short_number
from values.exact import EXACT, plain

HEIGHT = 208
"""Pixels from the top of the highest bar there can be to the bottom."""

MOST_SERIES = 6
"""As many as there are colours and patterns that can be told apart."""

_FEWEST_PLACES = 8
_MOST_LABELS = 10
_MOST_LABELS_ON_PHONES = 4
_PIXELS_OF_A_LETTER = 8
_LABEL_STEPS = (1, 2, 5, 7, 10, 14, 15, 20, 28, 30, 50, 60, 90, 100)


__all__ = [
    "HEIGHT",
    "MOST_SERIES",
    "Series",
    "StackedBars",
    "TooManySeries",
    "UnevenSeries",
    "stacked_bars",
]


class UnevenSeries(ValueError):
    """A series has another number of values than there are bars."""


class TooManySeries(ValueError):
    """More series than can be told apart; add up the smallest ones."""


def stacked_bars(
    *,
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    words: Callable[[Decimal], str] = plain,
    axis_words: Callable[[Decimal], str] = short_number,
    short_categories: Sequence[str] = (),
    category_word: str = "Day",
    total_word: str = "Total",
    span: str = "",
    key: str = "chart",
) -> StackedBars:
    """
    Return bars for these categories, each the sum of its series, the first at the bottom.

    `words` writes a value exactly as people read it (``1,284 minutes``, ``$21.35``),
    `axis_words` a round number on the axis. `short_categories` stand below the bars where the
    categories' own names are too long. `span` names all of them together, where the first and
    the last name do not read well. Negative values hang below zero.

    :raises UnevenSeries:
    :raises TooManySeries:
    """
    _refuse(categories, series)
    totals = [_sum(each.values[place] for each in series) for place in range(len(categories))]
    ticks = _ticks(series, len(categories))
    scale = _Scale(ticks[0], ticks[-1])
    places = _places(len(categories))
    return StackedBars(
        key=key,
        title=title,
        summary=_summary(span or _span(categories), categories, totals, words),
        category_word=category_word,
        total_word=total_word,
        height=HEIGHT,
        axis_width=max(len(axis_words(tick)) for tick in ticks) * _PIXELS_OF_A_LETTER + 8,
        columns=tuple(
            _column(category, place, totals[place], series, words, scale, places)
            for place, category in enumerate(categories)
        ),
        grid=tuple(GridLine(axis_words(tick), scale.y(tick), not tick) for tick in ticks),
        labels=_labels(short_categories or categories, places),
        legend=tuple(
            LegendEntry(number, each.name, words(_sum(each.values)))
            for number, each in enumerate(series, start=1)
        ),
        rows=tuple(
            TableRow(
                category, tuple(words(each.values[place]) for each in series), words(totals[place])
            )
            for place, category in enumerate(categories)
        ),
        totals=tuple(words(_sum(each.values)) for each in series),
        total=words(_sum(totals)),
    )


def _refuse(categories: Sequence[str], series: Sequence[Series]) -> None:
    if len(series) > MOST_SERIES:
        raise TooManySeries(f"{len(series)} series, {MOST_SERIES} can be told apart")
    for each in series:
        if len(each.values) != len(categories):
            raise UnevenSeries(f"{each.name}: {len(each.values)} values, {len(categories)} bars")


def _sum(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return total


@dataclass(frozen=True, slots=True)
class _Scale:
    bottom: Decimal
    top: Decimal

    def y(self, value: Decimal) -> int:
        """Return pixels from the top; a chart of nothing has its zero at the bottom."""
        if self.bottom == self.top:
            return HEIGHT
        return round(HEIGHT * Fraction(self.top - value) / Fraction(self.top - self.bottom))


def _ticks(series: Sequence[Series], count: int) -> tuple[Decimal, ...]:
    columns = [[each.values[place] for each in series] for place in range(count)]
    lowest = min((_sum(v for v in column if v < 0) for column in columns), default=Decimal(0))
    highest = max((_sum(v for v in column if v > 0) for column in columns), default=Decimal(0))
    return nice_ticks(lowest, highest)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where bars stand: few ones in the middle, with air; many side by side."""

    count: int
    width: Fraction
    first: Fraction

    def left(self, place: int) -> Fraction:
        return self.first + self.width * place

    def middle(self, place: int) -> Fraction:
        return self.left(place) + self.width / 2


def _places(count: int) -> _Places:
    width = Fraction(100, max(count, _FEWEST_PLACES))
    return _Places(count, width, (100 - width * count) / 2)


def _percent(share: Fraction) -> str:
    return f"{plain(Decimal(round(share * 1000)).scaleb(-3))}%"


def _column(
    category: str,
    place: int,
    total: Decimal,
    series: Sequence[Series],
    words: Callable[[Decimal], str],
    scale: _Scale,
    places: _Places,
) -> Column:
    values = [(each.name, each.values[place]) for each in series]
    said = [f"{category}: {words(total)}"]
    if len(series) > 1:
        said += [f"{name}: {words(value)}" for name, value in reversed(values) if value]
    gap = places.width / (5 if places.count <= 100 else 20)
    left = places.left(place)
    return Column(
        words="\n".join(said),
        hit_x=_percent(left),
        hit_width=_percent(places.width),
        x=_percent(left + gap / 2),
        width=_percent(places.width - gap),
        segments=_segments([value for _, value in values], scale),
    )


def _segments(values: Sequence[Decimal], scale: _Scale) -> tuple[Segment, ...]:
    segments = []
    above = below = Decimal(0)
    for number, value in enumerate(values, start=1):
        start = below if value < 0 else above
        end = EXACT.add(start, value)
        if value < 0:
            below = end
        else:
            above = end
        top, bottom = sorted((scale.y(start), scale.y(end)))
        # What is not nothing is seen, be it ever so little.
        if value:
            segments.append(Segment(number, min(top, HEIGHT - 1), max(bottom - top, 1)))
    return tuple(segments)


def _labels(names: Sequence[str], places: _Places) -> tuple[AxisLabel, ...]:
    wide = _step(len(names), _MOST_LABELS)
    narrow = wide * _step(-(-len(names) // wide), _MOST_LABELS_ON_PHONES) if names else 1
    return tuple(
        AxisLabel(
            text=name,
            x=_percent(places.middle(place)),
            anchor=_anchor(places.middle(place)),
            narrow=place % narrow == 0,
        )
        for place, name in enumerate(names)
        if place % wide == 0
    )


def _step(count: int, most: int) -> int:
    """Return the smallest usual step by which at most `most` of `count` are named."""
    return next((step for step in _LABEL_STEPS if -(-count // step) <= most), -(-count // most))


def _anchor(middle: Fraction) -> str:
    if middle < 5:
        return "start"
    return "end" if middle > 95 else "middle"


def _span(categories: Sequence[str]) -> str:
    return " to ".join(dict.fromkeys([*categories[:1], *categories[-1:]]))


def _summary(
    span: str,
    categories: Sequence[str],
    totals: Sequence[Decimal],
    words: Callable[[Decimal], str],
) -> str:
    if not categories:
        return "Nothing to show."
    if not any(totals) or len(categories) == 1:
        return f"{span}: {words(_sum(totals))}."
    most = max(range(len(totals)), key=lambda place: totals[place])
    whole = words(_sum(totals))
    return f"{span}: {whole} in total, the most: {categories[most]}, {words(totals[most])}."
