"""How far a contract is billed, and until when its last invoice waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from invoicing.assembly.bill import Bill
from invoicing.rating.outcomes import counted_outcomes
from invoicing.rating.price import PriceTerms
from invoicing.rating.terms.outcome import OutcomeRule
from invoicing.rating.versions import version_at
from plan_file.contract_usage import ContractUsage
from plan_file.rated_verdicts import ALL_TIME
from values.calendar import local_date


def last_outcome_at(usage: ContractUsage) -> datetime | None:
    """Return when the last window of the contract's outcomes closes, None without any."""
    contract = usage.agreement.contract
    closings: list[datetime] = []
    for price in usage.agreement.terms.prices:
        rules = [version.outcome for version in price.versions if version.outcome is not None]
        if not rules:
            continue

        def rule_at(instant: datetime, price: PriceTerms = price) -> OutcomeRule | None:
            version = version_at(price.versions, instant)
            return version.outcome if version and contract.runs_at(instant) else None

        names = {name for rule in rules for name in (rule.success_event, *rule.reversal_events)}
        found = counted_outcomes(usage.named(sorted(names), ALL_TIME), rule_at=rule_at)
        closings += [outcome.counts_at for outcome in found.counted]
    return max(closings, default=None)


def billed(
    bills: Iterator[Bill], *, zone: str, last_at: datetime | None, to_date: date | None
) -> Iterator[Bill]:
    """
    Yield the bills of the periods that begin before the local date ``to_date``.

    Without one those through the period of ``last_at``, the last event of the group, and of
    one period at least.
    """
    for number, bill in enumerate(bills):
        starts_at = bill.period.start
        if to_date is not None:
            is_billed = local_date(starts_at, zone) < to_date
        else:
            # The bill of the first day, and the first that closes a period.
            is_billed = number < 2 or (last_at is not None and starts_at <= last_at)
        if not is_billed:
            return
        yield bill
