"""The quantities behind a line, merged per stretch of time: what credit is drawn by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from usage.metering.quantity import Dimensions, Quantity, Reading
from values.number import ZERO, Number, plus
from values.period import Period

Usage = Quantity | Reading
"""A sum over a stretch of time, or what one event adds."""


def quantities_of(usage: Iterable[Usage]) -> Iterator[Quantity]:
    """Yield the quantities alone."""
    for item in usage:
        yield item.quantity if isinstance(item, Reading) else item


def merged(quantities: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """Return a quantity for each stretch and its dimensions, in the order of time."""
    if len(quantities) == 1:
        return (quantities[0],)
    sums: dict[tuple[Period, Dimensions], Quantity] = {}
    for part in quantities:
        place = (part.period, part.dimensions)
        known = sums.get(place)
        if known is None:
            sums[place] = part
        else:
            quantity = plus(known.quantity, part.quantity)
            events = known.events + part.events
            sums[place] = Quantity(part.dimensions, part.period, quantity, events)
    return tuple(sums[place] for place in sorted(sums))


class Gathered:
    """
    Adds up what reaches one line, a quantity for each stretch.

    Fed in the order of time; neighbours of one stretch become one. `amounts` are what the
    stretches cost where that does not follow from their quantities.
    """

    __slots__ = ("_amounts", "_events", "_periods", "_quantities")

    def __init__(self) -> None:
        self._periods: list[Period] = []
        self._quantities: list[Number] = []
        self._events: list[int] = []
        self._amounts: list[Number] = []

    def add(self, period: Period, quantity: Number, events: int, amount: Number = ZERO) -> None:
        """Add what a stretch makes, after all that is earlier."""
        if self._periods and (period is self._periods[-1] or period == self._periods[-1]):
            self._quantities[-1] = plus(self._quantities[-1], quantity)
            self._events[-1] += events
            self._amounts[-1] = plus(self._amounts[-1], amount)
            return
        self._periods.append(period)
        self._quantities.append(quantity)
        self._events.append(events)
        self._amounts.append(amount)

    @property
    def quantity(self) -> Number:
        """What all stretches come to."""
        whole: Number = ZERO
        for quantity in self._quantities:
            whole = plus(whole, quantity)
        return whole

    @property
    def events(self) -> int:
        """The number of events behind the line."""
        return sum(self._events)

    @property
    def amounts(self) -> tuple[Number, ...]:
        """What each stretch costs, unrounded."""
        return tuple(self._amounts)

    @property
    def slices(self) -> tuple[Quantity, ...]:
        """The quantities by stretch, in the order of time."""
        rows = zip(self._periods, self._quantities, self._events, strict=True)
        return tuple(Quantity((), period, quantity, events) for period, quantity, events in rows)
