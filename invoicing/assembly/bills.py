"""The invoices of a contract, in order: one on its first day, one at the end of each period."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from invoicing.assembly.bill import Bill, BilledPeriod
from values.calendar import BillingCalendar, local_date

_INSTANT = timedelta(microseconds=1)


def bills(
    *,
    calendar: BillingCalendar,
    grace_hours_at: Callable[[datetime], int],
    net_terms_days: int,
    waits_until: datetime | None = None,
) -> Iterator[Bill]:
    """
    Yield the invoices of a contract; endless where it has no end.

    The first opens the first period on its first day. Each further one closes a period and
    opens the next: what falls due at a period's end is one invoice, of the local date on which
    the period's draft closes. `grace_hours_at` says how long that stays open, by the plan in
    force in the period's last instant. `waits_until` is when the last window for outcomes
    closes: the contract's last invoice is not issued before.
    """
    closes: BilledPeriod | None = None
    for covered in calendar.periods_from(calendar.start):
        opens = BilledPeriod(covered, calendar.full_period_at(covered.start))
        if closes is None:
            issue_date = local_date(calendar.start, calendar.zone)
        else:
            issue_date = local_date(_closes_at(closes, grace_hours_at), calendar.zone)
        yield _bill(closes, opens, issue_date, net_terms_days)
        closes = opens
    assert closes is not None, "a contract has a first period"
    last_at = _closes_at(closes, grace_hours_at)
    issue_date = local_date(max(last_at, waits_until or last_at), calendar.zone)
    yield _bill(closes, None, issue_date, net_terms_days)


def _closes_at(closes: BilledPeriod, grace_hours_at: Callable[[datetime], int]) -> datetime:
    end = closes.covered.end
    return end + timedelta(hours=grace_hours_at(end - _INSTANT))


def _bill(
    closes: BilledPeriod | None,
    opens: BilledPeriod | None,
    issue_date: date,
    net_terms_days: int,
) -> Bill:
    return Bill(
        closes=closes,
        opens=opens,
        is_first=closes is None,
        issue_date=issue_date,
        due_date=issue_date + timedelta(days=net_terms_days),
    )
