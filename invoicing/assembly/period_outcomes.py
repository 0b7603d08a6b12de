"""The outcomes of a contract, read from its events, and in which period each of them counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.outcome_reach import outcome_reach, outcome_rules
from invoicing.assembly.success_meter import SuccessMeter
from invoicing.assembly.terms import ContractTerms
from invoicing.assembly.usage_reader import UsageReader
from invoicing.rating.outcomes import Outcome, Outcomes, Uncorrelated, counted_outcomes
from invoicing.rating.price import PriceTerms
from invoicing.rating.terms.outcome import OutcomeRule
from invoicing.rating.versions import version_at
from usage.metering.quantity import MeteredEvent
from values.period import Period


@dataclass(frozen=True, slots=True)
class PeriodOutcomes:
    """
    What the outcomes of a price mean to one billing period.

    `counted` stand by the close of their windows, `reversed` by the time at which they were
    taken back; both may hold one outcome.
    """

    counted: tuple[Outcome, ...]
    reversed: tuple[Outcome, ...]
    uncorrelated: tuple[Uncorrelated, ...]


def contract_outcomes(
    *,
    terms: ContractTerms,
    price: PriceTerms,
    usage: UsageReader,
    span: Period,
    since: datetime | None = None,
    ends_at: datetime | None = None,
) -> Outcomes:
    """
    Return the outcomes of a price by its events in a span, which begins with the contract.

    Only successes count that the price's meter takes and can measure, by the rule of the
    version at their time, before `ends_at` (None: without an end). What counts before `since`
    (None: the span's start) and is not taken back from then on is not told rightly.
    """
    successes = frozenset(rule.success_event for rule in outcome_rules(price))
    successful = SuccessMeter.of(terms, price)

    def rule_at(instant: datetime) -> OutcomeRule | None:
        if ends_at is not None and instant >= ends_at:
            return None
        version = version_at(price.versions, instant)
        return version.outcome if version is not None else None

    def is_measured(named: tuple[str, MeteredEvent]) -> bool:
        name, event = named
        return name not in successes or successful.measured(event) is not None

    reach = outcome_reach(
        price=price,
        usage=usage,
        span=span,
        since=since or span.start,
        rule_at=rule_at,
        is_measured=is_measured,
    )
    return counted_outcomes(reach.events, rule_at=rule_at, earlier=reach.earlier)


def outcomes_in(
    *, terms: ContractTerms, price: PriceTerms, billed: BilledPeriod, usage: UsageReader
) -> PeriodOutcomes:
    """
    Return the outcomes that count in a billing period, and those taken back in it.

    A window that closes at the period's end counts in the next one. Successes before the
    contract's start are none of it. The last period of a contract waits: what succeeded
    before the end counts in it, and what is taken back until its last window closes.
    """
    covered, is_last = billed.covered, closes_the_contract(terms, billed)
    found = _known_at_the_end(terms, price, usage, covered, since=covered.start, is_last=is_last)
    waits_until = open_windows_close(terms=terms, usage=usage) if is_last else None
    settled = waits_until or covered.end
    span = Period(covered.start, settled)
    return PeriodOutcomes(
        counted=tuple(
            outcome
            for outcome in found.counted
            if span.contains(outcome.counts_at) or (is_last and outcome.counts_at >= settled)
        ),
        reversed=tuple(
            sorted(
                (
                    outcome
                    for outcome in found.counted
                    if outcome.reversal and span.contains(outcome.reversal.occurred_at)
                ),
                key=_by_reversal,
            )
        ),
        uncorrelated=tuple(
            item for item in found.uncorrelated if span.contains(item.event.occurred_at)
        ),
    )


def open_windows_close(*, terms: ContractTerms, usage: UsageReader) -> datetime | None:
    """
    Return when the last window closes that is open at the end of a contract.

    The contract's last invoice waits for it. None where the contract has no end, or where no
    window is open at it.
    """
    calendar = terms.calendar
    if calendar is None or calendar.end is None:
        return None
    covered = Period(terms.starts_at or calendar.start, calendar.end)
    closing = [
        outcome.counts_at
        for price in terms.prices
        if outcome_rules(price)
        for outcome in _known_at_the_end(
            terms, price, usage, covered, since=covered.end, is_last=True
        ).counted
    ]
    last = max(closing, default=calendar.end)
    return last if last > calendar.end else None


def closes_the_contract(terms: ContractTerms, billed: BilledPeriod) -> bool:
    """Return whether no period of the contract follows."""
    return terms.calendar is not None and terms.calendar.end == billed.covered.end


def _known_at_the_end(
    terms: ContractTerms,
    price: PriceTerms,
    usage: UsageReader,
    covered: Period,
    *,
    since: datetime,
    is_last: bool,
) -> Outcomes:
    """Return the outcomes since a time up to a period's end, or to when the last one settles."""
    # The invoice waits for the windows of all prices.
    rules = (rule for each in terms.prices for rule in outcome_rules(each))
    windows = [rule.window_hours for rule in rules] if is_last else []
    start = min(terms.starts_at or covered.start, covered.start)
    span = Period(start, covered.end + timedelta(hours=max(windows, default=0)))
    return contract_outcomes(
        terms=terms, price=price, usage=usage, span=span, since=since, ends_at=covered.end
    )


def _by_reversal(outcome: Outcome) -> tuple[datetime, str]:
    assert outcome.reversal is not None
    return outcome.reversal.occurred_at, outcome.reversal.key
