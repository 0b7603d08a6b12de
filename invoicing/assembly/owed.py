"""What is owed on the lines of an invoice, by the time of the usage behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from invoicing.credits.owed import OwedLine, OwedPart
from invoicing.rating.lines import Line
from values.period import Period


def owed_lines(lines: Sequence[Line]) -> tuple[OwedLine, ...]:
    """
    Return each line's rounded amount and its quantity, divided over its slices.

    The amount goes by what each slice costs: its quantity, unless the line says otherwise.
    A line whose slices come to 0 is divided by their events.
    """
    return tuple(_owed(line) for line in lines)


def with_taxes(lines: Sequence[OwedLine], taxes: Sequence[Decimal]) -> tuple[OwedLine, ...]:
    """Return the lines with their own tax added, divided like what is owed on them."""
    return tuple(
        _with_tax(line, Fraction(tax)) if tax else line
        for line, tax in zip(lines, taxes, strict=True)
    )


def _owed(line: Line) -> OwedLine:
    return replace(_by_time(line), rounds_away=line.exact_amount > 0 and not line.amount)


def _by_time(line: Line) -> OwedLine:
    amount, quantity = Fraction(line.amount), Fraction(line.quantity)
    if not line.slices:
        parts: tuple[OwedPart, ...] = (OwedPart(line.period, amount, quantity),)
        return OwedLine(line.section, line.price, parts, by_days=True, unit=line.unit)
    first = line.slices[0].period
    if all(part.period is first or part.period == first for part in line.slices):
        return OwedLine(
            line.section, line.price, (OwedPart(first, amount, quantity),), unit=line.unit
        )
    stretches = _stretches(line)
    owed = _shares([each.owed for each in stretches.values()], stretches.values())
    units = _shares([each.quantity for each in stretches.values()], stretches.values())
    parts = tuple(
        OwedPart(period, amount * by_owed, quantity * by_units)
        for period, by_owed, by_units in zip(stretches, owed, units, strict=True)
    )
    return OwedLine(line.section, line.price, parts, unit=line.unit)


@dataclass(slots=True)
class _Stretch:
    """What all slices of one stretch of time say together."""

    owed: Fraction = Fraction(0)
    quantity: Fraction = Fraction(0)
    events: int = 0


def _stretches(line: Line) -> dict[Period, _Stretch]:
    # A slice may be a single event, but there are few stretches between two cuts.
    found: defaultdict[Period, _Stretch] = defaultdict(_Stretch)
    amounts = line.slice_amounts
    for index, part in enumerate(line.slices):
        stretch = found[part.period]
        quantity = Fraction(part.quantity)
        stretch.quantity += quantity
        stretch.owed += quantity if amounts is None else Fraction(amounts[index])
        stretch.events += part.events
    return found


def _shares(weights: Sequence[Fraction], stretches: Collection[_Stretch]) -> list[Fraction]:
    """Return the parts of 1: by weight, where that is 0 by events, without those evenly."""
    for numbers in (weights, [each.events for each in stretches]):
        if whole := sum(numbers):
            return [Fraction(number) / whole for number in numbers]
    return [Fraction(1, len(weights))] * len(weights)


def _with_tax(line: OwedLine, tax: Fraction) -> OwedLine:
    owed = line.owed
    count = len(line.parts)
    return replace(
        line,
        parts=tuple(
            replace(part, owed=part.owed + (tax * part.owed / owed if owed else tax / count))
            for part in line.parts
        ),
    )
