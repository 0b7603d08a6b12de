"""The lines of a usage price: what was included first, then what is charged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from invoicing.assembly.period_usage import PeriodUsage
from invoicing.assembly.price_usage import PriceUsage
from invoicing.rating.allowances import Served, Used
from invoicing.rating.charge import Charge
from invoicing.rating.gathered import quantities_of
from invoicing.rating.included_line import included_line, included_step
from invoicing.rating.lines import Line, Rated
from invoicing.rating.price import PriceTerms
from invoicing.rating.trace_steps import TraceStep
from invoicing.rating.usage_price import rate_usage_price
from invoicing.rating.versions import version_at
from values.exact import total


def usage_lines(
    usage: PeriodUsage,
    price: PriceTerms,
    counted: PriceUsage,
    served: Served,
    *,
    rate: Callable[..., Rated] = rate_usage_price,
) -> Rated:
    """
    Return what a usage price makes of its usage after allowances.

    A line of included units for each grant that it used, then the lines of its versions.
    `rate` makes those, with the arguments of `rate_usage_price`.
    """
    terms, period = usage.terms, usage.billed.covered
    included = [(used, _charge(usage, price, counted, used)) for used in served.used]
    rated = rate(
        price,
        terms.meters[price.meter or ""],
        period,
        # What is held back finds no rate there, and is said to be quarantined.
        [*served.charged, *counted.held] if counted.held else served.charged,
        currency=terms.currency,
        rounding=terms.rounding,
        steps=counted.steps + tuple(_steps(included, served)),
    )
    lines = tuple(included_line(charge, used) for used, charge in included)
    return replace(rated, lines=lines + tuple(_with_own_steps(counted, rated.lines)))


def _with_own_steps(counted: PriceUsage, lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines, how a combination was counted on the one line that has all of it."""
    for line in lines:
        own = counted.steps_of.get(tuple(sorted(line.dimensions)))
        if own is None or own[0] != line.quantity:
            yield line
        else:
            yield replace(line, trace=replace(line.trace, steps=own[1] + line.trace.steps))


def _charge(usage: PeriodUsage, price: PriceTerms, counted: PriceUsage, used: Used) -> Charge:
    terms = usage.terms
    version = version_at(price.versions, used.behind.slices[0].period.start)
    period = usage.billed.covered.intersection(used.span)
    assert version is not None, "an allowance belongs to a version"
    assert period is not None, "a grant that was used lies in the period"
    meter = terms.meters[price.meter or ""]
    return Charge(price, version, meter, period, terms.currency, terms.rounding, counted.steps)


def _steps(included: list[tuple[Used, Charge]], served: Served) -> Iterator[TraceStep]:
    if not included:
        return
    free = [used.behind.quantity for used, _ in included]
    whole = total((*free, *(part.quantity for part in quantities_of(served.charged))))
    for used, charge in included:
        yield included_step(charge, used, whole)
