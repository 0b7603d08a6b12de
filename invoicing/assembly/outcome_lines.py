"""Lines of a usage price that charges for outcomes instead of events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.outcome_credits import Original, credit_lines
from invoicing.assembly.outcome_rating import rate_as_of_success
from invoicing.assembly.outcome_usage import OutcomeUsage, counted_in
from invoicing.assembly.period_outcomes import PeriodOutcomes, outcomes_in
from invoicing.assembly.period_usage import PeriodUsage
from invoicing.assembly.usage_lines import usage_lines
from invoicing.rating.allowances import Served
from invoicing.rating.lines import Quarantined, QuarantineReason, Rated
from invoicing.rating.outcomes import Outcome
from invoicing.rating.price import PriceTerms
from values.period import Period


def outcome_lines(
    usage: PeriodUsage, price: PriceTerms, counted: OutcomeUsage, served: Served
) -> Rated:
    """
    Return what a price with an outcome rule comes to in a period, after allowances.

    The lines of what counts, as of any usage price. Then what was taken back in this period,
    credited on lines of its own: also where its outcome counts in this very period.
    """
    now = counted.counted
    rate = partial(rate_as_of_success, as_of_success=now.as_of_success)
    rated = usage_lines(usage, price, now.to_charge, served, rate=rate)
    originals = _originals(usage, price, counted.outcomes)
    return replace(
        rated,
        lines=rated.lines + credit_lines(price, usage.billed.covered, originals),
        quarantined=rated.quarantined + _quarantined(price, counted.outcomes),
    )


def _originals(
    usage: PeriodUsage, price: PriceTerms, outcomes: PeriodOutcomes
) -> Iterator[Original]:
    """Yield the periods in which what is taken back now was billed, as they were then."""
    taken_back: dict[Period, list[str]] = {}
    for outcome in outcomes.reversed:
        period = _counted_in(usage, outcome)
        taken_back.setdefault(period, []).append(outcome.success.key)
    for period, keys in sorted(taken_back.items()):
        calendar = usage.terms.calendar
        full = calendar.full_period_at(period.start) if calendar else period
        is_now = period == usage.billed.covered
        billed = usage.billed if is_now else BilledPeriod(period, full)
        then = PeriodUsage(usage.terms, billed, usage.reader, ())
        found = (
            outcomes
            if is_now
            else outcomes_in(terms=usage.terms, price=price, billed=billed, usage=usage.reader)
        )
        yield Original(then, counted_in(price, then, found.counted), frozenset(keys))


def _counted_in(usage: PeriodUsage, outcome: Outcome) -> Period:
    terms, covered = usage.terms, usage.billed.covered
    if outcome.counts_at >= covered.start:
        return covered
    if terms.calendar is not None:
        return terms.calendar.period_at(outcome.counts_at)
    return Period(terms.starts_at or outcome.success.occurred_at, covered.start)


def _quarantined(price: PriceTerms, outcomes: PeriodOutcomes) -> tuple[Quarantined, ...]:
    """Return the events that name no correlation, together by reason, in order."""
    by_reason: dict[QuarantineReason, list[str]] = {}
    for item in outcomes.uncorrelated:
        by_reason.setdefault(item.reason, []).append(item.event.key)
    return tuple(
        Quarantined(
            price=price.code,
            dimensions=(),
            quantity=Decimal(len(keys)),
            events=len(keys),
            reason=reason,
            hint=None,
            slices=(),
            keys=tuple(keys),
        )
        for reason, keys in sorted(by_reason.items())
    )
