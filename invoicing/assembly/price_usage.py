"""What a usage price has to charge: its meter's usage in the unit that is priced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from invoicing.assembly.held_usage import held_by
from invoicing.assembly.period_usage import PeriodUsage
from invoicing.assembly.quantity_steps import quantity_steps
from invoicing.rating.gathered import Usage
from invoicing.rating.price import PriceTerms, matched_properties
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.trace_steps import TraceStep
from invoicing.rating.usage_price import ignores_group_keys, looks_at_events
from usage.metering.aggregation import at_least_zero
from usage.metering.combination import grouped
from usage.metering.meter import Meter
from usage.metering.quantity import Dimensions, Quantity, Reading
from usage.metering.rounding import billable, converted
from values.exact import total
from values.number import Number

Found = TypeVar("Found", Quantity, Reading)


@dataclass(frozen=True, slots=True)
class PriceUsage:
    """
    Billable usage in the order of time.

    `steps` say how it was counted where it is one sum, `steps_of` where each combination of
    group keys (sorted pairs) is a sum of its own: how much it is, and how that came. `held` is
    usage that is quarantined instead, as it was metered.
    """

    items: Sequence[Usage]
    steps: tuple[TraceStep, ...] = ()
    steps_of: Mapping[Dimensions, tuple[Number, tuple[TraceStep, ...]]] = field(
        default_factory=dict
    )
    held: Sequence[Usage] = ()


def price_usage(price: PriceTerms, usage: PeriodUsage) -> PriceUsage:
    """
    Return what a usage price charges in a period, at least 0, rounded and converted.

    Single events where the price looks at them or has an allowance; sums where only those are
    at hand. Percentages and costs go by each event's own value, also where a meter counts less
    than that (a maximum only what exceeds the ones before).
    """
    meter = usage.terms.meters[price.meter or ""]
    by = () if ignores_group_keys(price) else None
    also = () if by is not None else _told_apart(price, meter)
    if _needs_events(price, usage):
        found = usage.readings(meter, by=by, also=also)
        if found and not meter.adds_up and _goes_by_value(price):
            return PriceUsage([_of_value(meter, reading) for reading in found])
        if found:
            billed, refused = _apart(price, found, lambda reading: reading.quantity)
            return replace(readings_to_charge(meter, billed, by=by), held=refused)
    sums, held = _apart(price, usage.sums(meter, by=by, also=also), lambda quantity: quantity)
    counted = at_least_zero(meter, sums, by=by)
    return replace(_counted(meter, counted, billable(meter, counted, by=by), by), held=held)


def _apart(
    price: PriceTerms, usage: Sequence[Found], quantity_of: Callable[[Found], Quantity]
) -> tuple[Sequence[Found], Sequence[Found]]:
    """Return what is charged and what is held back, each in its order."""
    is_held = held_by(price)
    if is_held is None:
        return usage, ()
    held = [item for item in usage if is_held(quantity_of(item))]
    if not held:
        return usage, ()
    return [item for item in usage if not is_held(quantity_of(item))], held


def _needs_events(price: PriceTerms, usage: PeriodUsage) -> bool:
    return any(
        looks_at_events(version.model) or version.included is not None
        for version in price.versions
        if usage.billed.covered.clipped(version.effective_from, version.effective_to)
    )


def _goes_by_value(price: PriceTerms) -> bool:
    return any(isinstance(version.model, Percentage | Passthrough) for version in price.versions)


def _told_apart(price: PriceTerms, meter: Meter) -> tuple[str, ...]:
    return tuple(sorted(matched_properties(price).difference(meter.group_keys)))


def _is_one(meter: Meter, by: Sequence[str] | None) -> bool:
    return not (meter.group_keys if by is None else by)


def readings_to_charge(
    meter: Meter, found: Sequence[Reading], *, by: Sequence[str] | None
) -> PriceUsage:
    """Return single events, at least 0 together, rounded and converted as one."""
    quantities = [reading.quantity for reading in found]
    counted = at_least_zero(meter, quantities, by=by)
    if len(counted) < len(found):
        kept = {id(quantity) for quantity in counted}
        found = [reading for reading in found if id(reading.quantity) in kept]
    priced = billable(meter, counted, by=by)
    items = (
        found
        if priced is counted
        else [
            Reading(reading.event, quantity, quantity.quantity)
            for reading, quantity in zip(found, priced, strict=True)
        ]
    )
    return replace(_counted(meter, counted, priced, by), items=items)


def _counted(
    meter: Meter,
    counted: Sequence[Quantity],
    priced: Sequence[Quantity],
    by: Sequence[str] | None,
) -> PriceUsage:
    if _is_one(meter, by):
        return PriceUsage(priced, quantity_steps(meter, counted))
    if meter.quantity_rounding is None and meter.unit_conversion is None:
        return PriceUsage(priced)
    keys = frozenset(meter.group_keys)
    apart: dict[Dimensions, tuple[list[Quantity], list[Quantity]]] = {}
    for before, after in zip(counted, priced, strict=True):
        sums = apart.setdefault(grouped(before.dimensions, keys), ([], []))
        sums[0].append(before)
        sums[1].append(after)
    return PriceUsage(
        priced,
        steps_of={
            combination: (
                total(part.quantity for part in after),
                quantity_steps(meter, before),
            )
            for combination, (before, after) in apart.items()
        },
    )


def _of_value(meter: Meter, reading: Reading) -> Reading:
    value = reading.value
    if meter.unit_conversion is not None:
        value = converted(value, meter.unit_conversion)
    return replace(reading, quantity=replace(reading.quantity, quantity=value), value=value)
