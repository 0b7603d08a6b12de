"""How far contracts are billed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from invoicing.assembly.bill import Bill
from invoicing.assembly.outcome_reach import outcome_rules
from invoicing.assembly.period_outcomes import contract_outcomes
from plan_file.simulating.contract_usage import ContractUsage
from plan_file.simulating.rated_verdicts import ALL_TIME
from values.calendar import local_date
from values.period import Period


def last_outcome_at(usage: ContractUsage) -> datetime | None:
    """Return when the last outcome of the contract counts, None without any."""
    terms, contract = usage.agreement.terms, usage.agreement.contract
    counts_at = [
        outcome.counts_at
        for price in terms.prices
        if outcome_rules(price)
        for outcome in contract_outcomes(
            terms=terms,
            price=price,
            usage=usage,
            span=Period(contract.start, ALL_TIME.end),
            ends_at=contract.end,
        ).counted
    ]
    return max(counts_at, default=None)


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
