"""
From events to quantities, in memory.

The usage store answers the same tuples from its tables; the order of events and the number of
cuts change how quantities are sliced, never what they add up to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from usage.metering.measurement import measure
from usage.metering.meter import Meter
from usage.metering.quantity import Dimensions, MeteredEvent, Quantity
from values.exact import EXACT
from values.period import Period


def aggregate(
    meter: Meter,
    events: Iterable[MeteredEvent],
    period: Period,
    cuts: Iterable[datetime],
    *,
    also: Sequence[str] = (),
) -> tuple[Quantity, ...]:
    """
    Return a quantity for each combination of dimensions and part of the period with events.

    Events outside the period do not count. `also` names further properties to keep apart.
    Sorted by dimensions, then time.

    :raises MeasurementError: an event cannot be measured; sort those out before.
    """
    parts = period.split(cuts)
    starts = [part.start for part in parts]
    sums: dict[tuple[Dimensions, int], tuple[Decimal, int]] = {}
    for event in events:
        if not period.contains(event.occurred_at):
            continue
        measured = measure(meter, event.properties, also=also)
        dimensions = tuple(sorted(measured.dimensions.items()))
        place = (dimensions, bisect_right(starts, event.occurred_at) - 1)
        total, count = sums.get(place, (Decimal(0), 0))
        sums[place] = (EXACT.add(total, measured.value), count + 1)
    return tuple(
        Quantity(dimensions, parts[index], total, count)
        for (dimensions, index), (total, count) in sorted(sums.items())
    )


def at_least_zero(meter: Meter, quantities: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """
    Return the quantities without the combinations of group keys that add up to less than 0.

    Corrections may outweigh what they correct; the sum of the whole period then counts as 0.
    Judged over the period, not slice by slice, so that slicing changes nothing.
    """
    if all(quantity.quantity >= 0 for quantity in quantities):
        return tuple(quantities)
    keys = frozenset(meter.group_keys)
    sums: defaultdict[Dimensions, Decimal] = defaultdict(Decimal)
    for quantity in quantities:
        combination = grouped(quantity.dimensions, keys)
        sums[combination] = EXACT.add(sums[combination], quantity.quantity)
    return tuple(
        quantity for quantity in quantities if sums[grouped(quantity.dimensions, keys)] >= 0
    )


def grouped(dimensions: Dimensions, group_keys: frozenset[str]) -> Dimensions:
    """Return only the pairs of the group keys."""
    return tuple(pair for pair in dimensions if pair[0] in group_keys)
