"""The lines of calls: one for each tax code, further apart only where the price says so."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from invoicing.rating.calls.stretch import CallSums, LineKey, Stretch
from invoicing.rating.charge import Charge
from invoicing.rating.lines import Line
from invoicing.rating.terms.calls import Calls
from invoicing.rating.trace import RateSource, StepKind, Trace, TraceStep
from usage.metering.quantity import Dimensions, Quantity
from values.exact import EXACT, plain
from values.money import round_money

SECOND = "second"
CALL_MODEL = "call"


def call_lines(charge: Charge, model: Calls, stretches: Sequence[Stretch]) -> list[Line]:
    """
    Return the lines of one version, by tax code (none first), then dimensions.

    The quantity is in paid seconds; the exact amount is the sum of the rounded charges of the
    calls. A line of neither seconds nor money is none.
    """
    keys = {key for stretch in stretches for key in stretch.lines}
    return [_line(charge, model, key, stretches) for key in sorted(keys, key=_printed_order)]


def _printed_order(key: LineKey) -> tuple[bool, str, Dimensions]:
    tax_code, dimensions = key
    return tax_code is not None, tax_code or "", dimensions


def _line(charge: Charge, model: Calls, key: LineKey, stretches: Sequence[Stretch]) -> Line:
    tax_code, dimensions = key
    version = charge.version
    parts = [(stretch.period, stretch.lines[key]) for stretch in stretches if key in stretch.lines]
    sums = CallSums()
    for _, part in parts:
        sums.add(part)
    exact = _money(sums.charge, model)
    amount = round_money(exact, currency=charge.currency, rounding=charge.rounding)
    label = _label(model, dimensions)
    apart = tuple(sorted(dimensions))
    return Line(
        section=version.section,
        price=charge.price.code,
        description=f"{version.name} - {label}" if label else version.name,
        dimensions=dimensions,
        quantity=Decimal(sums.paid_seconds),
        unit=SECOND,
        unit_price=None,
        exact_amount=exact,
        amount=amount,
        currency=charge.currency,
        events=sums.calls,
        rate_version=version.since,
        period=charge.period,
        tax_code=tax_code,
        meter=charge.meter.code,
        slices=tuple(
            Quantity(apart, period, Decimal(part.paid_seconds), part.calls)
            for period, part in parts
        ),
        slice_amounts=(
            tuple(_money(part.charge, model) for _, part in parts) if len(parts) > 1 else None
        ),
        trace=Trace(
            price=charge.price.code,
            price_version=version.since,
            source=RateSource.TERMS,
            rate_card=None,
            rate_version=version.since,
            entry=None,
            passed_over=(),
            label=label,
            quantity=Decimal(sums.paid_seconds),
            unit=SECOND,
            rate=None,
            currency=charge.currency,
            exact_amount=exact,
            rounding=charge.rounding,
            amount=amount,
            model=CALL_MODEL,
            steps=(_step(sums, model, exact),),
        ),
    )


def _step(sums: CallSums, model: Calls, charges: Decimal) -> TraceStep:
    values = {
        "calls": str(sums.calls),
        "raw_seconds": str(sums.raw_seconds),
        "billed_seconds": str(sums.billed_seconds),
        "paid_seconds": str(sums.paid_seconds),
        "decimals": str(model.decimals),
        "rounding": model.call_rounding.value,
        "charges": plain(charges),
    }
    return TraceStep(StepKind.CALLS, values)


def _label(model: Calls, dimensions: Dimensions) -> str:
    values = dict(dimensions)
    return " / ".join(values.get(key, "").strip() or f"no {key}" for key in model.lines_by)


def _money(charge: int, model: Calls) -> Decimal:
    return EXACT.scaleb(Decimal(charge), -model.decimals)
