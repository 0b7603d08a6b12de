"""A bonus or malus on other prices, by the band that a measure of the period falls in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from invoicing.rating.fixed_charge import Amount, FixedCharge, fixed_line
from invoicing.rating.lines import Line
from invoicing.rating.terms.performance import Measure, Performance, PerformanceBand
from invoicing.rating.trace import StepKind, TraceStep
from values.exact import EXACT, plain
from values.number import Number, percent_of, plus


def rate_performance(
    charge: FixedCharge, *, quantity_of: Callable[[str], Number], lines: Sequence[Line]
) -> tuple[Line, ...]:
    """
    Return the line of the period, by the version of the first day on which it is in force.

    `quantity_of` is the quantity of a meter in the whole period, by its code; `lines` are all
    of the period's, of which those of the prices in `of` count as they are rounded. Nothing
    where the measure is divided by 0, where no band holds it, or where 0 comes out.
    """
    runs = charge.days()
    if not runs:
        return ()
    version = runs[0].version
    terms = version.model
    assert isinstance(terms, Performance), "a performance price has performance versions"
    value = measured(terms.measure, quantity_of)
    band = None if value is None else band_of(terms, value)
    if value is None or band is None:
        return ()
    looked_at = reduce(
        EXACT.add, (line.amount for line in lines if line.price in terms.of), Decimal(0)
    )
    amount = Amount(
        exact=plus(percent_of(band.percent, looked_at), band.amount),
        model="performance",
        steps=(_step(terms, value, band, looked_at),),
    )
    line = fixed_line(charge, version, charge.covered, amount)
    return (line,) if line.amount else ()


def measured(measure: Measure, quantity_of: Callable[[str], Number]) -> Fraction | None:
    """Return the quantity or the ratio, exactly; None where it is divided by 0."""
    if measure.by is None:
        return Fraction(quantity_of(measure.meter))
    by = Fraction(quantity_of(measure.by))
    return Fraction(quantity_of(measure.meter)) / by if by else None


def band_of(terms: Performance, value: Fraction) -> PerformanceBand | None:
    """Return the band that a value falls in; a bound belongs to the band that it ends."""
    return next((band for band in terms.bands if band.up_to is None or value <= band.up_to), None)


def _step(terms: Performance, value: Fraction, band: PerformanceBand, lines: Decimal) -> TraceStep:
    return TraceStep(
        StepKind.MEASURE,
        {
            "meter": terms.measure.meter,
            "by": terms.measure.by or "",
            "value": plain(value),
            "percent": plain(band.percent),
            "amount": plain(band.amount),
            "of": ", ".join(terms.of),
            "lines": plain(lines),
        },
    )
