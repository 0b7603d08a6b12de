"""What is owed on the lines of an invoice, divided by the time of the usage behind it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from invoicing.credits.grants import GrantBalance
from values.period import Period

NOTHING = Fraction(0)


class NotSliced(ValueError):
    """A part lies across the beginning or end of a grant, which may pay only a piece of it."""


@dataclass(frozen=True, slots=True)
class OwedPart:
    """What is owed, unrounded, for the usage of a stretch of time, and its units unpaid."""

    period: Period
    owed: Fraction
    quantity: Fraction = NOTHING


@dataclass(frozen=True, slots=True)
class OwedLine:
    """
    What is owed on one line of an invoice; its parts add up to whole minor units.

    `quantity` of the parts counts `unit`s (None: nothing that a grant in units could pay).
    `by_days`: the line has no events, so a grant pays it whole if its days overlap.
    `rounds_away`: its units have a price, and all of them cost less than half a minor unit.
    """

    section: str
    price: str
    parts: tuple[OwedPart, ...]
    by_days: bool = False
    unit: str | None = None
    rounds_away: bool = False

    @property
    def owed(self) -> Fraction:
        """The sum of the parts."""
        return total(part.owed for part in self.parts)

    @property
    def quantity(self) -> Fraction:
        """The units of all parts that no grant has paid yet."""
        return total(part.quantity for part in self.parts)


@dataclass(frozen=True, slots=True)
class Reach:
    """The parts of a line, by index, that a grant may pay, and what they come to together."""

    parts: tuple[int, ...]
    owed: Fraction
    quantity: Fraction


def reach(grant: GrantBalance, line: OwedLine) -> Reach:
    """
    Return what of a line a grant may pay: the parts of its time, if the line is in its scope.

    Never more than the whole line, which corrections of another time may have made smaller.
    """
    if not grant.is_for(section=line.section, price=line.price):
        return Reach((), NOTHING, NOTHING)
    in_time = grant.touches if line.by_days else grant.covers
    inside = tuple(index for index, part in enumerate(line.parts) if in_time(part.period))
    owed = total(line.parts[index].owed for index in inside)
    quantity = total(line.parts[index].quantity for index in inside)
    return Reach(
        inside,
        max(NOTHING, min(owed, line.owed)),
        max(NOTHING, min(quantity, line.quantity)),
    )


def celled(line: OwedLine, bounds: Sequence[datetime]) -> OwedLine:
    """
    Return the line with one part for each stretch of time between two of the sorted bounds.

    :raises NotSliced:
    """
    if line.by_days:
        return line
    cells: dict[int, OwedPart] = {}
    for part in sorted(line.parts, key=lambda part: part.period):
        cell = bisect_right(bounds, part.period.start)
        if bisect_left(bounds, part.period.end) != cell:
            raise NotSliced(f"{part.period} lies across the beginning or end of a grant")
        cells[cell] = _joined(cells[cell], part) if cell in cells else part
    return replace(line, parts=tuple(cells.values()))


def take_owed(line: OwedLine, amount: Fraction, *, most: Sequence[Fraction]) -> OwedLine:
    """Return the line with so much less owed: of each part `most` at most, earliest first."""
    taken = _first_come(amount, most)
    return _changed(line, taken, lambda part, less: replace(part, owed=part.owed - less))


def take_units(line: OwedLine, quantity: Fraction, *, most: Sequence[Fraction]) -> OwedLine:
    """Return the line with so many units less: of each part `most` at most, earliest first."""
    taken = _first_come(quantity, most)
    return _changed(line, taken, lambda part, less: replace(part, quantity=part.quantity - less))


def total(numbers: Iterable[Fraction]) -> Fraction:
    """Return the exact sum."""
    return sum(numbers, NOTHING)


def _joined(one: OwedPart, other: OwedPart) -> OwedPart:
    end = max(one.period.end, other.period.end)
    period = Period(one.period.start, end)
    return OwedPart(period, one.owed + other.owed, one.quantity + other.quantity)


def _first_come(wanted: Fraction, most: Sequence[Fraction]) -> list[Fraction]:
    taken = []
    for limit in most:
        taken.append(max(NOTHING, min(wanted, limit)))
        wanted -= taken[-1]
    return taken


def _changed(
    line: OwedLine, taken: Sequence[Fraction], less: Callable[[OwedPart, Fraction], OwedPart]
) -> OwedLine:
    parts = zip(line.parts, taken, strict=True)
    return replace(line, parts=tuple(less(part, one) if one else part for part, one in parts))
