"""Prices per unit: each unit costs the unit price, or the rate of its dimensions at its time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from invoicing.rating.charge import Charge, total_events, total_quantity
from invoicing.rating.gathered import merged
from invoicing.rating.lines import Line, Rated
from invoicing.rating.misses import Misses
from invoicing.rating.rates import RateFinder, RateFound
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.trace import Trace
from usage.metering.quantity import Dimensions, Quantity
from values.money import round_money
from values.number import times
from values.period import Period
from values.quick import quick

_BEGINNING = datetime.min.replace(tzinfo=UTC)

_line_of = quick(Line)
_trace_of = quick(Trace)

_LineKey = tuple[Dimensions, Decimal, datetime | None]
_Group = tuple[RateFound, list[Quantity]]


def rate_per_unit(charge: Charge, model: PerUnit, quantities: Sequence[Quantity]) -> Rated:
    """
    Return a line for each combination of group keys, rate and rate version.

    The quantities lie in the charge's period, sliced where versions of the rate card begin
    and end. Lines stand by rate version, then as their entries stand in the card, fallback
    last, then by dimensions; a quantity of 0 has none. Usage that no entry matches is billed
    at the fallback rate and reported, or quarantined, as the card says.
    """
    groups: dict[_LineKey, _Group] = {}
    misses = Misses(charge)
    find = RateFinder(model, charge.version).find
    combination = charge.combination
    for quantity in quantities:
        found = find(quantity)
        rate = found.rate
        if found.unmatched:
            misses.add(found, quantity)
        if rate is None:
            continue
        key = (combination(quantity), rate, found.holds_from)
        group = groups.get(key)
        if group is None:
            groups[key] = (found, [quantity])
            continue
        group[1].append(quantity)
        if found.position < group[0].position:
            groups[key] = (found, group[1])
    make = _LineMaker(charge, model).make
    lines = [
        make(dimensions, rate, found, slices)
        for (dimensions, rate, _), (found, slices) in sorted(groups.items(), key=_printed_order)
    ]
    return Rated(
        lines=tuple(line for line in lines if line.quantity),
        unmatched=tuple(misses.unmatched()),
        quarantined=tuple(misses.quarantined()),
    )


def _printed_order(item: tuple[_LineKey, _Group]) -> tuple[datetime, int, Dimensions, Decimal]:
    (dimensions, rate, since), (found, _) = item
    return since or _BEGINNING, found.position, dimensions, rate


class _LineMaker:
    """Makes the lines of a charge; what they have in common is looked up once."""

    def __init__(self, charge: Charge, model: PerUnit) -> None:
        self.charge = charge
        self.price = charge.price.code
        self.since = charge.version.since
        self.card = model.rate_card.code if model.rate_card else None
        self.unit = charge.meter.priced_unit
        self.periods: dict[tuple[datetime | None, datetime | None], Period] = {}

    def make(
        self, dimensions: Dimensions, rate: Decimal, found: RateFound, quantities: list[Quantity]
    ) -> Line:
        """Return the line of a combination at a rate."""
        charge, price, unit = self.charge, self.price, self.unit
        version, currency, rounding = charge.version, charge.currency, charge.rounding
        if len(quantities) == 1:
            slices: tuple[Quantity, ...] = (quantities[0],)
            quantity, events = quantities[0].quantity, quantities[0].events
        else:
            slices = merged(quantities)
            quantity, events = total_quantity(slices), total_events(slices)
        exact = times(quantity, rate)
        amount = round_money(exact, currency=currency, rounding=rounding)
        label = charge.label(dimensions)
        return _line_of(
            section=version.section,
            price=price,
            description=f"{version.name} - {label}" if label else version.name,
            dimensions=dimensions,
            quantity=quantity,
            unit=unit,
            unit_price=rate,
            exact_amount=exact,
            amount=amount,
            currency=currency,
            events=events,
            rate_version=found.since,
            period=self.period(found),
            tax_code=version.tax_code,
            meter=charge.meter.code,
            slices=slices,
            trace=_trace_of(
                price=price,
                price_version=self.since,
                source=found.source,
                rate_card=self.card,
                rate_version=found.since,
                entry=found.entry,
                passed_over=found.passed_over,
                label=label,
                quantity=quantity,
                unit=unit,
                rate=rate,
                currency=currency,
                exact_amount=exact,
                rounding=rounding,
                amount=amount,
                steps=charge.steps,
            ),
        )

    def period(self, found: RateFound) -> Period:
        """Return the part of the charge's period in which a rate holds."""
        bounds = (found.holds_from, found.holds_to)
        period = self.periods.get(bounds)
        if period is None:
            period = self.charge.period.clipped(*bounds)
            assert period is not None, "a quantity lies outside the charge's period"
            self.periods[bounds] = period
        return period
