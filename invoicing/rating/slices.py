"""
Cumulative rating: what the usage of a slice of a period costs.

A slice costs what everything up to its end costs, less what everything up to its beginning
does. Amounts are differences of rounded amounts, so that the slices of a period add up to the
period, line by line, however it is cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from invoicing.rating.gathered import Usage
from invoicing.rating.lines import Line
from invoicing.rating.price import PriceTerms
from invoicing.rating.usage_price import rate_usage_price
from usage.metering.meter import Meter
from usage.metering.quantity import Dimensions, Quantity, Reading
from values.exact import EXACT
from values.money import Rounding
from values.number import ZERO, Number, minus, plus
from values.period import Period


class SliceCutsUsage(ValueError):
    """A sum lies across the beginning or the end of the slice."""


def rate_slice(
    price: PriceTerms,
    meter: Meter,
    period: Period,
    usage: Sequence[Usage],
    part: Period,
    *,
    currency: str,
    rounding: Rounding,
) -> tuple[Line, ...]:
    """
    Return what the usage in a part of a period adds to the lines of a usage price.

    `usage` is that of the period as far as it is known, in the order of time: events, or sums
    of stretches of which none lies across the part's bounds. What a line loses (a volume price
    leaves its tier) is negative.

    :raises SliceCutsUsage:
    """
    before, after = (
        rate_usage_price(price, meter, period, known, currency=currency, rounding=rounding)
        for known in (_until(part.start, usage), _until(part.end, usage))
    )
    # Before the period begins nothing is due, not even a fee that is due without usage.
    return difference(before.lines if part.start > period.start else (), after.lines)


def difference(before: Iterable[Line], after: Iterable[Line]) -> tuple[Line, ...]:
    """
    Return `after` less `before`, line by line: quantities, exact and rounded amounts, events.

    Lines are the same that stand for the same rate of the same version; those that are gone
    come last, negative. Lines to which nothing was added or taken are left out.
    """
    left: defaultdict[_LineKey, list[Line]] = defaultdict(list)
    for line in before:
        left[_key(line)].append(line)
    found = []
    for line in after:
        earlier = left[_key(line)]
        found.append(_less(line, earlier.pop(0)) if earlier else line)
    gone = [line for lines in left.values() for line in lines]
    found += [_less(_nothing_of(line), line) for line in gone]
    return tuple(
        line for line in found if line.quantity or line.amount or line.exact_amount or line.events
    )


_LineKey: TypeAlias = tuple[
    str, str, str, Dimensions, Decimal | None, datetime | None, Period, bool
]


def _key(line: Line) -> _LineKey:
    return (
        line.price,
        line.section,
        line.description,
        line.dimensions,
        line.unit_price,
        line.rate_version,
        line.period,
        line.events is None,
    )


def _less(line: Line, earlier: Line) -> Line:
    amount = EXACT.subtract(line.amount, earlier.amount)
    quantity = minus(line.quantity, earlier.quantity)
    exact = minus(line.exact_amount, earlier.exact_amount)
    slices, amounts = _slices_less(line, earlier)
    return replace(
        line,
        quantity=quantity,
        exact_amount=exact,
        amount=amount,
        events=None if line.events is None else line.events - (earlier.events or 0),
        slices=slices,
        slice_amounts=amounts,
        trace=replace(line.trace, quantity=quantity, exact_amount=exact, amount=amount),
    )


def _nothing_of(line: Line) -> Line:
    return replace(
        line,
        quantity=ZERO,
        exact_amount=ZERO,
        amount=EXACT.subtract(line.amount, line.amount),
        events=None if line.events is None else 0,
        slices=(),
        slice_amounts=None,
    )


def _slices_less(
    line: Line, earlier: Line
) -> tuple[tuple[Quantity, ...], tuple[Number, ...] | None]:
    weighed = line.slice_amounts is not None or earlier.slice_amounts is not None
    added: dict[tuple[Dimensions, Period], tuple[Number, int, Number]] = {}
    for sign, each in ((1, line), (-1, earlier)):
        amounts = each.slice_amounts or (each.exact_amount,) * len(each.slices)
        for part, amount in zip(each.slices, amounts, strict=True):
            place = (part.dimensions, part.period)
            quantity, events, owed = added.get(place, (ZERO, 0, ZERO))
            added[place] = (
                plus(quantity, part.quantity) if sign > 0 else minus(quantity, part.quantity),
                events + sign * part.events,
                plus(owed, amount) if sign > 0 else minus(owed, amount),
            )
    kept = {
        place: numbers
        for place, numbers in added.items()
        if any(numbers if weighed else numbers[:2])
    }
    slices = tuple(
        Quantity(dimensions, period, quantity, events)
        for (dimensions, period), (quantity, events, _) in kept.items()
    )
    return slices, tuple(owed for _, _, owed in kept.values()) if weighed else None


def _until(instant: datetime, usage: Iterable[Usage]) -> list[Usage]:
    known: list[Usage] = []
    for item in usage:
        if isinstance(item, Reading):
            is_known = item.event.occurred_at < instant
        else:
            is_known = item.period.end <= instant
            if not is_known and item.period.start < instant:
                raise SliceCutsUsage(f"{item.period} lies across {instant}")
        if is_known:
            known.append(item)
    return known
