"""What a meter counts in a whole period, all combinations as one: the measure of performance."""

from __future__ import annotations

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.period_usage import PeriodUsage
from invoicing.assembly.terms import ContractTerms
from invoicing.assembly.usage_reader import UsageReader
from usage.metering.rounding import billable
from values.exact import total
from values.number import Number


def measured_quantity(
    terms: ContractTerms, code: str, *, billed: BilledPeriod, usage: UsageReader
) -> Number:
    """
    Return the quantity of a meter in a period: aggregated over all of it, at least 0, rounded
    and converted.
    """
    meter = terms.meters[code]
    counted = PeriodUsage(terms, billed, usage, ()).sums(meter, by=(), also=())
    return total(part.quantity for part in billable(meter, counted, by=()))
