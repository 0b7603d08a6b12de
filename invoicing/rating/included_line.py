"""The line of what a price used of an allowance: units at no charge, and how many are left."""

from __future__ import annotations

from invoicing.rating.allowances import Used
from invoicing.rating.charge import Charge
from invoicing.rating.lines import Line
from invoicing.rating.trace import RateSource, Trace
from invoicing.rating.trace_steps import StepKind, TraceStep
from values.exact import plain
from values.money import zero
from values.number import ZERO, Number, minus

SECTION = "included"


def included_line(charge: Charge, used: Used) -> Line:
    """
    Return a line of amount 0 in the section ``included``, whatever the price's own.

    `charge` is of the version in which the first unit was used, with the time that the grant
    covers.
    """
    version = charge.version
    quantity = used.behind.quantity
    return Line(
        section=SECTION,
        price=charge.price.code,
        description=f"{version.name} - included",
        dimensions=(),
        quantity=quantity,
        unit=charge.meter.priced_unit,
        unit_price=ZERO,
        exact_amount=ZERO,
        amount=zero(charge.currency),
        currency=charge.currency,
        events=used.behind.events,
        rate_version=version.since,
        period=charge.period,
        tax_code=version.tax_code,
        meter=charge.meter.code,
        slices=used.behind.slices,
        left=used.left,
        trace=Trace(
            price=charge.price.code,
            price_version=version.since,
            source=RateSource.TERMS,
            rate_card=None,
            rate_version=version.since,
            entry=None,
            passed_over=(),
            label="",
            quantity=quantity,
            unit=charge.meter.priced_unit,
            rate=None,
            currency=charge.currency,
            exact_amount=ZERO,
            rounding=charge.rounding,
            amount=zero(charge.currency),
            model="included",
            steps=(*charge.steps, included_step(charge, used, quantity)),
        ),
    )


def included_step(charge: Charge, used: Used, whole: Number) -> TraceStep:
    """Return the step from the `whole` quantity of a price to the part that is charged."""
    included = charge.version.included
    pool = included.pool if included is not None else None
    return TraceStep(
        StepKind.INCLUDED,
        {
            "from": plain(whole),
            "used": plain(used.behind.quantity),
            "left": plain(used.left),
            "pool": pool or "",
            "to": plain(minus(whole, used.behind.quantity)),
        },
    )
