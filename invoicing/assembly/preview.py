"""
What prices come to for usage that is only asked about: one period, by the one invoice function.

There is no contract and no customer, so there are no taxes. The period is a first one: what is
due once stands in it, fees in advance are those of the period itself, and allowances and
credits begin full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from invoicing.assembly.bill import Bill, BilledPeriod
from invoicing.assembly.invoice import assemble_invoice
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.sample_problems import quantity_problems
from invoicing.assembly.sample_usage import SampleEvent, SampleQuantity, SetAside, sample_usage
from invoicing.assembly.terms import ContractTerms, cuts
from invoicing.credits.grants import GrantBalance
from invoicing.credits.plan_grants import PlanGrant, lots
from invoicing.rating.calls.rated_call import RatedCall
from invoicing.tax.interface import TaxCalculator
from invoicing.tax.unregistered import NoTaxRegistered
from values.calendar import BillingCalendar, BillingInterval, local_date, local_midnight
from values.period import Period
from values.problems import refuse


@dataclass(frozen=True, slots=True)
class Preview:
    """The invoice, each rated call with its price, in order, and events that count for nothing."""

    result: InvoiceResult
    calls: tuple[tuple[str, RatedCall], ...]
    set_aside: tuple[SetAside, ...]


def preview(
    *,
    terms: ContractTerms,
    billed: BilledPeriod,
    quantities: Sequence[SampleQuantity] = (),
    events: Sequence[SampleEvent] = (),
    grants: Sequence[GrantBalance] = (),
    is_first: bool = True,
    tax: TaxCalculator | None = None,
) -> Preview:
    """
    Return what this usage in a period comes to.

    :raises InvalidTerms: quantities that cannot be charged so, with paths relative to them.
    :raises TaxStopped: by the `tax` that was given.
    """
    refuse(quantity_problems(terms, quantities, events, period=billed.covered))
    calls: list[tuple[str, RatedCall]] = []
    usage = sample_usage(
        terms=terms,
        period=billed.covered,
        sliced_at=cuts(terms, grants, billed.covered),
        quantities=quantities,
        events=events,
    )
    result = assemble_invoice(
        terms=replace(terms, starts_at=billed.covered.start) if is_first else terms,
        bill=whole_bill(billed, zone=terms.zone, is_first=is_first),
        usage=usage.reader,
        grants=grants,
        tax=tax or NoTaxRegistered(),
        on_call=lambda price, call: calls.append((price, call)),
    )
    return Preview(result, tuple(calls), usage.set_aside)


def whole_bill(billed: BilledPeriod, *, zone: str, is_first: bool = False) -> Bill:
    """Return a bill of all that is for one period: its usage, and its fees in advance."""
    issue_date = local_date(billed.covered.end, zone)
    return Bill(
        closes=billed,
        opens=billed,
        is_first=is_first,
        issue_date=issue_date,
        due_date=issue_date,
    )


def sample_calendar(interval: BillingInterval, zone: str) -> BillingCalendar:
    """Return the billing periods of a contract that begins on a first of January, a Monday."""
    return BillingCalendar(
        interval=interval,
        anchor_day=1,
        zone=zone,
        start=local_midnight(date(2001, 1, 1), zone),
        end=None,
    )


def billed_at(calendar: BillingCalendar, instant: datetime) -> BilledPeriod:
    """Return the whole billing period around an instant."""
    whole = calendar.full_period_at(instant)
    return BilledPeriod(whole, whole)


def billed_between(calendar: BillingCalendar, period: Period) -> BilledPeriod:
    """
    Return a period of any days as a bill takes it.

    It is a part of the billing period that encloses it, so that fees are prorated; where it
    reaches into two, it is a whole one itself.
    """
    whole = calendar.full_period_at(period.start)
    return BilledPeriod(period, whole if whole.encloses(period) else period)


def first_lots(
    grants: Sequence[PlanGrant], billed: BilledPeriod, calendar: BillingCalendar
) -> tuple[GrantBalance, ...]:
    """Return what a plan grants in the period."""
    return tuple(
        lot for grant in grants for lot in lots(grant, [billed.covered], calendar=calendar)
    )
