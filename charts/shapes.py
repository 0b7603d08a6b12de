"""The parts of a picture of bars: numbers and words, ready for a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Series:
    """A name and its value in each category."""

    name: str
    values: Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class Segment:
    """A rectangle of one series; `number` is its colour, from 1."""

    number: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Column:
    """One bar: its segments, the words that it shows when pointed at, and where it stands."""

    words: str
    hit_x: str
    hit_width: str
    x: str
    width: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """Words below the bars; `narrow` ones are shown on phones too."""

    text: str
    x: str
    anchor: str
    narrow: bool


@dataclass(frozen=True, slots=True)
class GridLine:
    """A round number and its height."""

    text: str
    y: int
    is_zero: bool


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A series with its colour and its sum."""

    number: int
    name: str
    total: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """The exact numbers of one category."""

    name: str
    cells: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True)
class StackedBars:
    """
    Everything that a template needs to draw it.

    `key` tells the pictures of one page apart. Without columns there is nothing to draw, and
    `summary` says so.
    """

    key: str
    title: str
    summary: str
    category_word: str
    total_word: str
    height: int
    axis_width: int
    columns: tuple[Column, ...]
    grid: tuple[GridLine, ...]
    labels: tuple[AxisLabel, ...]
    legend: tuple[LegendEntry, ...]
    rows: tuple[TableRow, ...]
    totals: tuple[str, ...]
    total: str

    @property
    def picture_height(self) -> int:
        """Return the height with the words below the bars and half a line above them."""
        return self.height + 36
