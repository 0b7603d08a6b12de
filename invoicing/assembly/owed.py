"""What is owed on the lines of an invoice, by the time of the usage behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from invoicing.credits.drawing import OwedLine, OwedPart
from invoicing.rating.lines import Line


def owed_lines(lines: Sequence[Line]) -> tuple[OwedLine, ...]:
    """Return each line's rounded amount, divided over its slices by their quantities."""
    return tuple(_owed(line) for line in lines)


def with_taxes(lines: Sequence[OwedLine], taxes: Sequence[Decimal]) -> tuple[OwedLine, ...]:
    """Return the lines with their own tax added, divided like what is owed on them."""
    return tuple(
        _with_tax(line, Fraction(tax)) if tax else line
        for line, tax in zip(lines, taxes, strict=True)
    )


def _owed(line: Line) -> OwedLine:
    amount = Fraction(line.amount)
    if not line.slices or not line.quantity:
        parts: tuple[OwedPart, ...] = (OwedPart(line.period, amount),)
        return OwedLine(line.section, line.price, parts, by_days=True)
    if len(line.slices) == 1:
        return OwedLine(line.section, line.price, (OwedPart(line.slices[0].period, amount),))
    each = amount / Fraction(line.quantity)
    parts = tuple(OwedPart(part.period, each * Fraction(part.quantity)) for part in line.slices)
    return OwedLine(line.section, line.price, parts)


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
