"""What one more event adds to a quantity, by the way in which the meter aggregates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from usage.metering.measurement import Measurement
from usage.metering.meter import Aggregation
from usage.metering.quantity import Dimensions
from values.exact import EXACT

Increment = Callable[[Dimensions, Measurement], Decimal]
"""What an event adds to its combination; told of the events of a period one after the other."""


def increment_of(aggregation: Aggregation) -> Increment:
    """
    Return the function for the events of one period, in the order of times and keys.

    :raises ValueError: a weighted sum, which no event makes by itself.
    """
    match aggregation:
        case Aggregation.COUNT | Aggregation.SUM:
            return _value
        case Aggregation.MAX:
            return _Rise()
        case Aggregation.LATEST:
            return _Change()
        case Aggregation.UNIQUE_COUNT:
            return _NewThing()
    raise ValueError("a weighted sum grows with time, not with events")


def _value(_: Dimensions, measured: Measurement) -> Decimal:
    return measured.value


@dataclass(slots=True)
class _Rise:
    """By how much the event lifts the highest value so far; the first lifts it from nothing."""

    highest: dict[Dimensions, Decimal] = field(default_factory=dict)

    def __call__(self, combination: Dimensions, measured: Measurement) -> Decimal:
        before = self.highest.get(combination)
        if before is not None and measured.value <= before:
            return Decimal(0)
        self.highest[combination] = measured.value
        return measured.value if before is None else EXACT.subtract(measured.value, before)


@dataclass(slots=True)
class _Change:
    """By how much the event differs from the one before it."""

    last: dict[Dimensions, Decimal] = field(default_factory=dict)

    def __call__(self, combination: Dimensions, measured: Measurement) -> Decimal:
        before = self.last.get(combination, Decimal(0))
        self.last[combination] = measured.value
        return EXACT.subtract(measured.value, before)


@dataclass(slots=True)
class _NewThing:
    """1 for a thing that the combination has not seen yet."""

    seen: set[tuple[Dimensions, str | None]] = field(default_factory=set)

    def __call__(self, combination: Dimensions, measured: Measurement) -> Decimal:
        thing = (combination, measured.thing)
        if thing in self.seen:
            return Decimal(0)
        self.seen.add(thing)
        return Decimal(1)
