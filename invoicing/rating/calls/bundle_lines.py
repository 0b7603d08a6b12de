"""The lines of free seconds: what a bundle gave, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from invoicing.rating.calls.bundles import BundleLot
from invoicing.rating.calls.call_lines import CALL_MODEL, SECOND
from invoicing.rating.calls.stretch import Stretch
from invoicing.rating.charge import Charge
from invoicing.rating.lines import Line
from invoicing.rating.trace import RateSource, StepKind, Trace, TraceStep
from usage.metering.quantity import Quantity
from values.money import zero
from values.number import ZERO
from values.period import Period

INCLUDED = "included"


def bundle_lines(
    charges: Sequence[Charge], lots: Sequence[BundleLot], stretches: Sequence[Stretch]
) -> Iterator[Line]:
    """
    Yield a line for each bundle that calls used, in the order in which they are drawn.

    `charges` are those of the versions, in the order of time. All lots of a bundle, also what
    was carried over, are one line, of the version that first offers it; `left` is what the
    lots have not given.
    """
    bundles: dict[tuple[str, Period], list[BundleLot]] = {}
    for lot in lots:
        bundles.setdefault((lot.bundle.code, lot.offered), []).append(lot)
    for (_, offered), own in bundles.items():
        slices = tuple(_slices(own, stretches))
        if slices:
            charge = next(each for each in charges if each.period.contains(offered.start))
            yield _line(charge, own, slices)


def _slices(lots: Sequence[BundleLot], stretches: Sequence[Stretch]) -> Iterator[Quantity]:
    for stretch in stretches:
        used = [sums for lot in lots if (sums := stretch.of_lot(lot)) is not None]
        if used:
            seconds = sum(sums.seconds for sums in used)
            yield Quantity((), stretch.period, Decimal(seconds), sum(sums.calls for sums in used))


def _line(charge: Charge, lots: Sequence[BundleLot], slices: tuple[Quantity, ...]) -> Line:
    version, code = charge.version, lots[0].bundle.code
    left, used = sum(lot.left for lot in lots), sum(lot.used for lot in lots)
    nothing = zero(charge.currency)
    values = {"code": code, "granted": str(used + left), "used": str(used), "left": str(left)}
    return Line(
        section=INCLUDED,
        price=charge.price.code,
        description=f"{version.name} - {code}",
        dimensions=(),
        quantity=Decimal(used),
        unit=SECOND,
        unit_price=ZERO,
        exact_amount=ZERO,
        amount=nothing,
        currency=charge.currency,
        events=sum(part.events for part in slices),
        rate_version=version.since,
        period=lots[0].offered,
        tax_code=version.tax_code,
        meter=charge.meter.code,
        slices=slices,
        trace=Trace(
            price=charge.price.code,
            price_version=version.since,
            source=RateSource.TERMS,
            rate_card=None,
            rate_version=version.since,
            entry=None,
            passed_over=(),
            label=code,
            quantity=Decimal(used),
            unit=SECOND,
            rate=None,
            currency=charge.currency,
            exact_amount=ZERO,
            rounding=charge.rounding,
            amount=nothing,
            model=CALL_MODEL,
            steps=(TraceStep(StepKind.BUNDLE, values),),
        ),
        left=Decimal(left),
    )
