"""Prices per unit: each unit costs the unit price, or the rate of its dimensions at its time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from invoicing.rating.charge import Charge, total_events, total_quantity
from invoicing.rating.lines import Line, Quarantined, QuarantineReason, Rated, Unmatched
from invoicing.rating.matching import near_miss
from invoicing.rating.price import PerUnit
from invoicing.rating.rates import RateFound, find_rate
from invoicing.rating.trace import Trace
from usage.metering.quantity import Dimensions, Quantity
from values.exact import EXACT
from values.money import round_money

_BEGINNING = datetime.min.replace(tzinfo=UTC)

_LineKey = tuple[Dimensions, Decimal, datetime | None]
_MissKey = tuple[Dimensions, datetime | None]


@dataclass(slots=True)
class _Group:
    found: RateFound
    slices: list[Quantity] = field(default_factory=list)


def rate_per_unit(charge: Charge, model: PerUnit, quantities: Sequence[Quantity]) -> Rated:
    """
    Return a line for each combination of group keys, rate and rate version.

    The quantities lie in the charge's period, sliced where versions of the rate card begin
    and end. Lines stand by rate version, then as their entries stand in the card, fallback
    last, then by dimensions; a quantity of 0 has none. Usage that no entry matches is billed
    at the fallback rate and reported, or quarantined, as the card says.
    """
    groups: dict[_LineKey, _Group] = {}
    misses: dict[_MissKey, _Group] = {}
    for quantity in quantities:
        found = find_rate(model, charge.version, quantity)
        if found.unmatched:
            miss = misses.setdefault((quantity.dimensions, found.holds_from), _Group(found))
            miss.slices.append(quantity)
        if found.rate is None:
            continue
        key = (charge.combination(quantity), found.rate, found.holds_from)
        group = groups.setdefault(key, _Group(found))
        if found.position < group.found.position:
            group.found = found
        group.slices.append(quantity)
    lines = (
        _line(charge, model, dimensions, rate, group)
        for (dimensions, rate, _), group in sorted(groups.items(), key=_printed_order)
    )
    return Rated(
        lines=tuple(line for line in lines if line.quantity),
        unmatched=tuple(_unmatched(charge, misses.values())),
        quarantined=tuple(_quarantined(charge, misses.values())),
    )


def _printed_order(item: tuple[_LineKey, _Group]) -> tuple[datetime, int, Dimensions, Decimal]:
    (dimensions, rate, since), group = item
    return since or _BEGINNING, group.found.position, dimensions, rate


def _line(
    charge: Charge, model: PerUnit, dimensions: Dimensions, rate: Decimal, group: _Group
) -> Line:
    version, found = charge.version, group.found
    quantity = total_quantity(group.slices)
    exact = EXACT.multiply(quantity, rate)
    exact_amount = Fraction(exact)
    amount = round_money(exact, currency=charge.currency, rounding=charge.rounding)
    label = charge.label(dimensions)
    period = charge.period.clipped(found.holds_from, found.holds_to)
    assert period is not None, "a quantity lies outside the charge's period"
    return Line(
        section=version.section,
        price=charge.price.code,
        description=f"{version.name} - {label}" if label else version.name,
        dimensions=dimensions,
        quantity=quantity,
        unit=charge.meter.unit,
        unit_price=rate,
        exact_amount=exact_amount,
        amount=amount,
        currency=charge.currency,
        events=total_events(group.slices),
        rate_version=found.since,
        period=period,
        tax_code=version.tax_code,
        meter=charge.meter.code,
        slices=tuple(sorted(group.slices, key=_by_time)),
        trace=Trace(
            price=charge.price.code,
            price_version=version.effective_from,
            source=found.source,
            rate_card=model.rate_card.code if model.rate_card else None,
            rate_version=found.since,
            entry=found.entry,
            passed_over=found.passed_over,
            label=label,
            quantity=quantity,
            unit=charge.meter.unit,
            rate=rate,
            currency=charge.currency,
            exact_amount=exact_amount,
            rounding=charge.rounding,
            amount=amount,
        ),
    )


def _unmatched(charge: Charge, misses: Iterable[_Group]) -> Iterable[Unmatched]:
    for miss in sorted(misses, key=_by_first_slice):
        if miss.found.rate is not None:
            yield Unmatched(
                price=charge.price.code,
                dimensions=_dimensions(charge, miss),
                quantity=total_quantity(miss.slices),
                events=total_events(miss.slices),
                hint=_hint(miss),
                slices=tuple(miss.slices),
            )


def _quarantined(charge: Charge, misses: Iterable[_Group]) -> Iterable[Quarantined]:
    for miss in sorted(misses, key=_by_first_slice):
        if miss.found.rate is None:
            yield Quarantined(
                price=charge.price.code,
                dimensions=_dimensions(charge, miss),
                quantity=total_quantity(miss.slices),
                events=total_events(miss.slices),
                reason=QuarantineReason.NO_RATE,
                hint=_hint(miss),
                slices=tuple(miss.slices),
            )


def _hint(miss: _Group) -> dict[str, str] | None:
    version = miss.found.card_version
    return near_miss(version, dict(miss.slices[0].dimensions)) if version else None


def _dimensions(charge: Charge, miss: _Group) -> Dimensions:
    first = miss.slices[0]
    grouped = charge.combination(first)
    return grouped + tuple(pair for pair in first.dimensions if pair not in grouped)


def _by_first_slice(miss: _Group) -> tuple[Dimensions, datetime]:
    miss.slices.sort(key=_by_time)
    return miss.slices[0].dimensions, miss.slices[0].period.start


def _by_time(quantity: Quantity) -> tuple[datetime, Dimensions]:
    return quantity.period.start, quantity.dimensions
