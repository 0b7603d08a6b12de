"""Levels that events raise and lower, weighted by the time for which they were held."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from usage.metering.combination import chosen, keys_apart
from usage.metering.measurement import measure
from usage.metering.meter import Meter
from usage.metering.quantity import Dimensions, MeteredEvent, Quantity
from values.exact import EXACT, simplest
from values.period import Period

_MICROSECOND = timedelta(microseconds=1)


def weighted_quantities(
    meter: Meter,
    events: Iterable[MeteredEvent],
    stretches: Sequence[Period],
    *,
    also: Sequence[str],
    by: Sequence[str] | None,
    full: Period,
    before: Iterable[MeteredEvent],
) -> tuple[Quantity, ...]:
    """
    Return level × seconds held ÷ seconds of the full period, by dimensions and stretch.

    `stretches` are the adjoining parts of the period, in order. Each event changes the level
    of its dimensions; those of `before` that lie before the first stretch make the level that
    it begins with.

    :raises MeasurementError:
    """
    keys = keys_apart(meter, by) | frozenset(also)
    levels: dict[Dimensions, _Level] = {}
    start, end = stretches[0].start, stretches[-1].end
    earlier = (event for event in before if event.occurred_at < start)
    inside = (event for event in events if start <= event.occurred_at < end)
    for event in chain(earlier, inside):
        measured = measure(meter, event.properties, at=event.occurred_at, also=(*also, *(by or ())))
        dimensions = chosen(measured.dimensions, keys)
        if dimensions not in levels:
            levels[dimensions] = _Level(stretches)
        levels[dimensions].change(event.occurred_at, measured.value)
    whole = _microseconds(full.end - full.start)
    return tuple(
        Quantity(dimensions, stretch, simplest(Fraction(held) / whole), count)
        for dimensions, level in sorted(levels.items(), key=lambda item: item[0])
        for stretch, held, count in level.held()
    )


@dataclass(slots=True)
class _Level:
    """
    One level over the stretches, told of its changes in any order.

    `steps` come into force with a stretch; `areas` are what the changes inside a stretch hold
    until its end, times microseconds.
    """

    stretches: Sequence[Period]
    steps: list[Decimal] = field(init=False)
    areas: list[Decimal] = field(init=False)
    counts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.steps = [Decimal(0)] * (len(self.stretches) + 1)
        self.areas = [Decimal(0)] * len(self.stretches)
        self.counts = [0] * len(self.stretches)

    def change(self, at: datetime, by: Decimal) -> None:
        """Take a change before the end of the last stretch."""
        index = bisect_right(self.stretches, at, key=_start) - 1
        self.steps[index + 1] = EXACT.add(self.steps[index + 1], by)
        if index >= 0:
            left = _microseconds(self.stretches[index].end - at)
            self.areas[index] = EXACT.add(self.areas[index], EXACT.multiply(by, left))
            self.counts[index] += 1

    def held(self) -> Iterator[tuple[Period, Decimal, int]]:
        """Yield level times microseconds, and the changes, of each stretch that has any."""
        level = Decimal(0)
        for stretch, step, area, count in zip(
            self.stretches, self.steps, self.areas, self.counts, strict=False
        ):
            level = EXACT.add(level, step)
            length = _microseconds(stretch.end - stretch.start)
            held = EXACT.add(EXACT.multiply(level, length), area)
            if held or count:
                yield stretch, held, count


def _start(stretch: Period) -> datetime:
    return stretch.start


def _microseconds(span: timedelta) -> int:
    return span // _MICROSECOND
