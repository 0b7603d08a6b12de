"""Lines of the price models that ignore group keys, each rounded once."""

from __future__ import annotations

from decimal import Decimal

from invoicing.rating.charge import Charge
from invoicing.rating.gathered import Gathered
from invoicing.rating.lines import Line
from invoicing.rating.trace import RateSource, Trace, TraceStep
from usage.metering.quantity import Quantity
from values.money import round_money
from values.number import Number


def usage_line(
    charge: Charge,
    behind: Gathered,
    *,
    model: str,
    exact: Number,
    rate: Decimal | None,
    unit: str | None,
    suffix: str = "",
    source: RateSource = RateSource.TERMS,
    steps: tuple[TraceStep, ...] = (),
    weighed: bool = False,
) -> Line:
    """
    Return the line of the usage behind it; `rate` is its unit price where it has one.

    `weighed`: what its stretches cost does not follow from their quantities.
    """
    slices = behind.slices
    return _line(
        charge,
        suffix=suffix,
        quantity=behind.quantity,
        unit=unit,
        rate=rate,
        exact=exact,
        events=behind.events,
        slices=slices,
        slice_amounts=behind.amounts if weighed and len(slices) > 1 else None,
        model=model,
        source=source,
        steps=charge.steps + steps,
    )


def flat_fee_line(
    charge: Charge, fee: Decimal, *, model: str, suffix: str, step: TraceStep, times: int = 1
) -> Line:
    """Return the line of a flat fee; `times` is -1 where corrections left its tier again."""
    return _line(
        charge,
        suffix=suffix,
        quantity=Decimal(times),
        unit=None,
        rate=fee,
        exact=fee if times == 1 else fee.copy_negate(),
        events=None,
        slices=(),
        slice_amounts=None,
        model=model,
        source=RateSource.TIER,
        steps=(step,),
    )


def _line(
    charge: Charge,
    *,
    suffix: str,
    quantity: Number,
    unit: str | None,
    rate: Decimal | None,
    exact: Number,
    events: int | None,
    slices: tuple[Quantity, ...],
    slice_amounts: tuple[Number, ...] | None,
    model: str,
    source: RateSource,
    steps: tuple[TraceStep, ...],
) -> Line:
    version = charge.version
    amount = round_money(exact, currency=charge.currency, rounding=charge.rounding)
    return Line(
        section=version.section,
        price=charge.price.code,
        description=f"{version.name} - {suffix}" if suffix else version.name,
        dimensions=(),
        quantity=quantity,
        unit=unit,
        unit_price=rate,
        exact_amount=exact,
        amount=amount,
        currency=charge.currency,
        events=events,
        rate_version=version.since,
        period=charge.period,
        tax_code=version.tax_code,
        meter=charge.meter.code,
        slices=slices,
        slice_amounts=slice_amounts,
        trace=Trace(
            price=charge.price.code,
            price_version=version.since,
            source=source,
            rate_card=None,
            rate_version=version.since,
            entry=None,
            passed_over=(),
            label="",
            quantity=quantity,
            unit=unit,
            rate=rate,
            currency=charge.currency,
            exact_amount=exact,
            rounding=charge.rounding,
            amount=amount,
            model=model,
            steps=steps,
        ),
    )
