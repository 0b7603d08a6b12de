"""
From events to quantities, in memory.

Neither the order of events nor the number of cuts changes what the quantities of a
combination add up to: a stretch of a maximum holds by how much it rises, of the latest value
by how much it changes, of a unique count what is new.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from usage.metering.combination import chosen, grouped, keys_apart
from usage.metering.increments import increment_of
from usage.metering.levels import weighted_quantities
from usage.metering.measurement import measure
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import Dimensions, MeteredEvent, Quantity, Reading
from values.exact import EXACT, total
from values.period import Period


def aggregate(
    meter: Meter,
    events: Iterable[MeteredEvent],
    period: Period,
    cuts: Iterable[datetime],
    *,
    also: Sequence[str] = (),
    by: Sequence[str] | None = None,
    full: Period | None = None,
    before: Iterable[MeteredEvent] = (),
) -> tuple[Quantity, ...]:
    """
    Return a quantity for each combination of dimensions and stretch of the period with events.

    Events are the meter's own, of one customer, each once; those outside the period do not
    count. `by` names the properties that are aggregated apart (None: the group keys; empty:
    all is one). `also` names further ones to tell apart inside: what an event adds stands
    where that event belongs. Sorted by dimensions, then time.

    A weighted sum divides by the seconds of the `full` period, of which this may be a part,
    and begins at the level that the events `before` the period left; it has a quantity for
    each stretch with a level, with or without events.

    :raises MeasurementError: an event cannot be measured; sort those out before.
    """
    stretches = period.split(cuts)
    if meter.aggregation is Aggregation.WEIGHTED_SUM:
        return weighted_quantities(
            meter, events, stretches, also=also, by=by, full=full or period, before=before
        )
    starts = [stretch.start for stretch in stretches]
    sums: dict[tuple[Dimensions, int], tuple[Decimal, int]] = {}
    for event, dimensions, increment, _ in _increments(meter, events, period, also, by):
        place = (dimensions, bisect_right(starts, event.occurred_at) - 1)
        added, count = sums.get(place, (Decimal(0), 0))
        sums[place] = (EXACT.add(added, increment), count + 1)
    return tuple(
        Quantity(dimensions, stretches[index], added, count)
        for (dimensions, index), (added, count) in sorted(sums.items())
    )


def readings(
    meter: Meter,
    events: Iterable[MeteredEvent],
    period: Period,
    cuts: Iterable[datetime],
    *,
    also: Sequence[str] = (),
    by: Sequence[str] | None = None,
    full: Period | None = None,
    before: Iterable[MeteredEvent] = (),
) -> tuple[Reading, ...]:
    """
    Return what each event of the period adds, in the order of times and keys.

    The arguments are those of `aggregate`, and the readings add up to its quantities; those of
    one stretch share its `Period` object. A weighted sum grows with time and not with events:
    it has one reading for each quantity, in the order of stretches, whose event stands for the
    stretch (its start, no key, the dimensions as properties).

    :raises MeasurementError:
    """
    stretches = period.split(cuts)
    if meter.aggregation is Aggregation.WEIGHTED_SUM:
        levels = weighted_quantities(
            meter, events, stretches, also=also, by=by, full=full or period, before=before
        )
        return tuple(map(_reading_of_level, sorted(levels, key=_start)))
    starts = [stretch.start for stretch in stretches]
    found = []
    ordered = sorted(events, key=event_order)
    for event, dimensions, increment, value in _increments(meter, ordered, period, also, by):
        stretch = stretches[bisect_right(starts, event.occurred_at) - 1]
        found.append(Reading(event, Quantity(dimensions, stretch, increment, 1), value))
    return tuple(found)


def event_order(event: MeteredEvent) -> tuple[datetime, str]:
    """Return what events are sorted by: equal times by key."""
    return event.occurred_at, event.key


def at_least_zero(
    meter: Meter, quantities: Sequence[Quantity], *, by: Sequence[str] | None = None
) -> tuple[Quantity, ...]:
    """
    Return the quantities without the combinations that add up to less than 0.

    Corrections may outweigh what they correct; the sum of the whole period then counts as 0.
    Judged over the period, not slice by slice, so that slicing changes nothing. `by` as in
    `aggregate`.
    """
    if all(quantity.quantity >= 0 for quantity in quantities):
        return tuple(quantities)
    keys = keys_apart(meter, by)
    parts: dict[Dimensions, list[Quantity]] = {}
    for quantity in quantities:
        parts.setdefault(grouped(quantity.dimensions, keys), []).append(quantity)
    sums = {key: total(part.quantity for part in found) for key, found in parts.items()}
    return tuple(
        quantity for quantity in quantities if sums[grouped(quantity.dimensions, keys)] >= 0
    )


def _increments(
    meter: Meter,
    events: Iterable[MeteredEvent],
    period: Period,
    also: Sequence[str],
    by: Sequence[str] | None,
) -> Iterator[tuple[MeteredEvent, Dimensions, Decimal, Decimal]]:
    """Yield each event of the period with its dimensions, what it adds, and what it says."""
    if not meter.adds_up:
        events = sorted(events, key=event_order)
    increment = increment_of(meter.aggregation)
    apart = keys_apart(meter, by)
    kept = apart | frozenset(also)
    wanted = (*also, *(by or ()))
    for event in events:
        if not period.contains(event.occurred_at):
            continue
        measured = measure(meter, event.properties, at=event.occurred_at, also=wanted)
        combination = chosen(measured.dimensions, apart)
        dimensions = combination if kept == apart else chosen(measured.dimensions, kept)
        yield event, dimensions, increment(combination, measured), measured.value


def _start(quantity: Quantity) -> datetime:
    return quantity.period.start


def _reading_of_level(quantity: Quantity) -> Reading:
    stretch = MeteredEvent(quantity.period.start, "", dict(quantity.dimensions))
    return Reading(stretch, quantity, quantity.quantity)
