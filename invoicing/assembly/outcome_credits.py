"""
Credits for outcomes that were taken back after they had been billed.

The original period is rated once more, as it was billed; what an outcome cost there is what it
is credited with: of a rate card its rate, of tiers the price of the tier that this very unit
fell in. Flat fees and true-ups stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import partial

from invoicing.assembly.carried import NOTHING_CARRIED
from invoicing.assembly.granted import allowances, draws
from invoicing.assembly.outcome_rating import rate_as_of_success
from invoicing.assembly.outcome_usage import Counted
from invoicing.assembly.period_usage import PeriodUsage
from invoicing.assembly.usage_lines import usage_lines
from invoicing.rating.allowances import Stream, allocate
from invoicing.rating.lines import Line
from invoicing.rating.price import PriceTerms, price_cuts
from invoicing.rating.trace_steps import StepKind, TraceStep
from usage.metering.quantity import Reading
from values.calendar import last_day, local_date
from values.exact import plain, simplest
from values.money import round_money
from values.period import Period

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Original:
    """A period that was billed, all that counted in it, and the keys of what is taken back."""

    usage: PeriodUsage
    counted: Counted
    taken_back: frozenset[str]


def credit_lines(
    price: PriceTerms, covered: Period, originals: Iterable[Original]
) -> tuple[Line, ...]:
    """
    Return a line below zero for each line that outcomes are taken back from.

    By original period, then as those lines stand; what was at no charge needs no credit. They
    belong to the period that is billed now, and have no events of their own.
    """
    found = []
    for original in originals:
        readings = told_apart(original.counted.as_of_success, price_cuts(price))
        marks = {readings[key].quantity.period for key in original.taken_back}
        for line in _lines(original, price, readings):
            shares = [share for share in _shares(line) if share.period in marks]
            if any(share.cost for share in shares):
                found.append(_credit(original.usage, line, covered, shares))
    return tuple(found)


def _lines(
    original: Original, price: PriceTerms, readings: Mapping[str, Reading]
) -> tuple[Line, ...]:
    """
    Return the lines of the original period once more.

    An allowance is taken for the price's own and for a full one: what other prices of a pool
    used, and what an earlier period left, is not known any more.
    """
    usage, counted = original.usage, original.counted
    period = usage.billed.covered
    drawn = draws(price, period)
    names = {name for _, name in drawn}
    granted = allowances(usage.terms, usage.billed, NOTHING_CARRIED) if names else {}
    pools = {name: allowance for name, allowance in granted.items() if name in names}
    allocation = allocate(pools, [Stream(counted.to_charge.items, drawn)], until=period.end)
    (served,) = allocation.served
    rate = partial(rate_as_of_success, as_of_success=readings)
    return usage_lines(usage, price, counted.to_charge, served, rate=rate).lines


@dataclass(frozen=True, slots=True)
class _Share:
    """What one outcome is of a line."""

    period: Period
    quantity: Fraction
    cost: Fraction


def _shares(line: Line) -> Iterator[_Share]:
    whole = sum((Fraction(part.quantity) for part in line.slices), Fraction(0))
    for index, part in enumerate(line.slices):
        quantity = Fraction(part.quantity)
        if line.slice_amounts is not None:
            cost = Fraction(line.slice_amounts[index])
        elif len(line.slices) == 1:
            cost = Fraction(line.exact_amount)
        else:
            cost = Fraction(line.exact_amount) * quantity / whole if whole else Fraction(0)
        yield _Share(part.period, quantity, cost)


def told_apart(readings: Mapping[str, Reading], cuts: Iterable[datetime]) -> dict[str, Reading]:
    """
    Return the readings with a stretch of time for each, so that lines keep them apart.

    They stay where they begin, or at the very end of a version's time reach back from it.
    """
    bounds = set(cuts)
    times: Counter[datetime] = Counter()
    apart = {}
    for key, reading in readings.items():
        at = reading.event.occurred_at
        further = times[at] * _INSTANT
        times[at] += 1
        period = Period(at, at + _INSTANT + further)
        if any(at < bound < period.end for bound in bounds):
            period = Period(at - further, at + _INSTANT)
        apart[key] = replace(reading, quantity=replace(reading.quantity, period=period))
    return apart


def _credit(original: PeriodUsage, line: Line, covered: Period, shares: Sequence[_Share]) -> Line:
    terms, period = original.terms, original.billed.covered
    quantity = simplest(-sum((share.quantity for share in shares), Fraction(0)))
    exact = simplest(-sum((share.cost for share in shares), Fraction(0)))
    amount = round_money(exact, currency=line.currency, rounding=terms.rounding)
    first, last = local_date(period.start, terms.zone), last_day(period.end, terms.zone)
    step = TraceStep(
        StepKind.REVERSED,
        {
            "outcomes": str(len(shares)),
            "rate": "" if line.unit_price is None else plain(line.unit_price),
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
        },
    )
    month = first.replace(day=1) == last.replace(day=1)
    when = f"{first:%b %Y}" if month else f"{first.isoformat()} to {last.isoformat()}"
    return replace(
        line,
        description=f"{line.description} - credit for {when}",
        quantity=quantity,
        exact_amount=exact,
        amount=amount,
        events=len(shares),
        period=covered,
        slices=(),
        slice_amounts=None,
        trace=replace(
            line.trace,
            quantity=quantity,
            exact_amount=exact,
            amount=amount,
            steps=(step,),
        ),
    )
