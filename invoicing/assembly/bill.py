"""Which invoice of a contract is made: the period that it closes, and the one that it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from values.period import Period


@dataclass(frozen=True, slots=True)
class BilledPeriod:
    """A billing period as far as the contract covers it, and the whole that it is a part of."""

    covered: Period
    full: Period


@dataclass(frozen=True, slots=True)
class Bill:
    """
    One invoice of a contract.

    Its usage, arrears and true-ups are those of `closes`, its advance charges those of
    `opens`; `is_first` is the invoice of the contract's first day, with what is due once.
    Dates are local to the customer. After a change of plan two periods may be billed on one
    day, where the old plan's time of grace was much longer: they stay two invoices, as a
    customer checks each against the usage of one period under one plan.
    """

    closes: BilledPeriod | None
    opens: BilledPeriod | None
    is_first: bool
    issue_date: date
    due_date: date

    @property
    def period(self) -> Period:
        """The period that the invoice is printed for: the one it closes, else the one it opens."""
        billed = self.closes or self.opens
        assert billed is not None, "a bill closes or opens a period"
        return billed.covered


def usage_bill(
    period: Period, *, issue_date: date, due_date: date, full: Period | None = None
) -> Bill:
    """Return the bill that closes a period and opens none."""
    return Bill(
        closes=BilledPeriod(period, full or period),
        opens=None,
        is_first=False,
        issue_date=issue_date,
        due_date=due_date,
    )
