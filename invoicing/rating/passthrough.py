"""Cost plus: the cost that each event carries, with a markup."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from invoicing.rating.charge import Charge
from invoicing.rating.gathered import Gathered
from invoicing.rating.lines import Quarantined, QuarantineReason, Rated
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.trace_steps import StepKind, TraceStep
from invoicing.rating.usage_line import usage_line
from usage.metering.quantity import Reading
from values.exact import NotExact, exact_decimal, plain, simplest
from values.number import ZERO, Number, percent_of, plus

MODEL = "passthrough"


def rate_passthrough(charge: Charge, model: Passthrough, usage: Iterable[Reading]) -> Rated:
    """
    Return the line of a version's events: Σ (cost + percent of it + fixed fee).

    Its quantity is the sum of the meter's values. An event without a cost, or with one that
    is no exact number, is not billed but quarantined by its key. Where a part of an event is
    included (its quantity is then less than its value), the rest pays its share of the cost,
    and the fixed fee. A cost below 0 gives its percentage back as well.
    """
    behind = Gathered()
    cost: Number = ZERO
    exact: Number = ZERO
    held: list[Quarantined] = []
    for reading in usage:
        quantity = reading.quantity
        carried = _cost(charge, model, reading)
        if isinstance(carried, Quarantined):
            held.append(carried)
            continue
        own = _share(carried, reading)
        amount = plus(plus(own, percent_of(model.markup_percent, own)), model.markup_fixed)
        cost, exact = plus(cost, own), plus(exact, amount)
        behind.add(quantity.period, quantity.quantity, quantity.events, amount)
    if not exact and not behind.quantity:
        return Rated(quarantined=tuple(held))
    line = usage_line(
        charge,
        behind,
        model=MODEL,
        exact=exact,
        rate=None,
        unit=charge.meter.priced_unit,
        steps=(_step(model, cost, behind.events),),
        weighed=True,
    )
    return Rated(lines=(line,), quarantined=tuple(held))


def _cost(charge: Charge, model: Passthrough, reading: Reading) -> Decimal | Quarantined:
    raw = reading.event.properties.get(model.amount_property)
    reason = QuarantineReason.MISSING_PROPERTY
    if raw is not None:
        try:
            return exact_decimal(raw)
        except NotExact:
            reason = QuarantineReason.BAD_VALUE
    return Quarantined(
        price=charge.price.code,
        dimensions=(),
        quantity=reading.quantity.quantity,
        events=reading.quantity.events,
        reason=reason,
        hint=None,
        slices=(reading.quantity,),
        keys=(reading.event.key,),
    )


def _share(cost: Decimal, reading: Reading) -> Number:
    whole, charged = reading.value, reading.quantity.quantity
    if whole == charged or not whole:
        return cost
    return simplest(Fraction(cost) * Fraction(charged) / Fraction(whole))


def _step(model: Passthrough, cost: Number, events: int) -> TraceStep:
    return TraceStep(
        StepKind.MARKUP,
        {
            "cost": plain(cost),
            "percent": plain(model.markup_percent),
            "fixed": plain(model.markup_fixed),
            "events": str(events),
        },
    )
