"""The parts of a picture of totals by quantity: numbers and words, ready for a template."""

from __future__ import annotations

from dataclasses import dataclass

from charts.shapes import AxisLabel, GridLine


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line of one series; `is_jump` where the total leaps at a bound."""

    number: int
    from_x: str
    from_y: int
    to_x: str
    to_y: int
    is_jump: bool = False


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch that is told about in words."""

    x: str
    width: str
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot at the end of a tier, and the words that it shows when pointed at."""

    number: int
    x: str
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class CurveRow:
    """The exact totals of one quantity, series by series."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CostCurve:
    """
    Everything that a template needs to draw it.

    `key` tells the pictures of one page apart; `bounds` are places across; `notes` say what is
    shaded. Series have numbers from 1, in the order of `names`.
    """

    key: str
    title: str
    summary: str
    quantity_word: str
    height: int
    axis_width: int
    names: tuple[str, ...]
    strokes: tuple[Stroke, ...]
    marks: tuple[Mark, ...]
    shades: tuple[Shade, ...]
    bounds: tuple[str, ...]
    grid: tuple[GridLine, ...]
    labels: tuple[AxisLabel, ...]
    rows: tuple[CurveRow, ...]
    notes: tuple[str, ...]

    @property
    def picture_height(self) -> int:
        """Return the height with the words below the curve and half a line above it."""
        return self.height + 36

    @property
    def legend(self) -> tuple[tuple[int, str], ...]:
        """Return the number and the name of each series."""
        return tuple(enumerate(self.names, start=1))
