"""What stands above a customer's tables: figures, the usage of thirty days, ways down the page."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from djmoney.money import Money

from accounts.admin.pages.tables import may_see
from accounts.admin.pages.words import NOTHING, day_words, money_words, quantity_words
from accounts.models import Customer
from charts.stacked_bars import Series, StackedBars, stacked_bars
from invoicing.admin.credit_size import credit_size_words
from invoicing.credits.purse import Purse
from invoicing.queries.customer_sums import CustomerSums, customer_sums
from invoicing.queries.wallets import WalletGrant
from usage.queries.recent_usage import RecentUsage, recent_usage
from usage.store.archives.archived import MonthArchived
from values.calendar import local_date, local_midnight
from values.exact import EXACT

DAYS = 30
MOST_METERS = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """One fact of the summary; several currencies are several values."""

    label: str
    values: tuple[str, ...]
    note: str = ""


def customer_hub(
    *,
    customer: Customer,
    user: Any,
    held: Sequence[WalletGrant],
    now: datetime,
    is_refused_form: bool = False,
) -> dict[str, Any]:
    """
    Return figures and charts of a customer, those that this person may look at.

    `held` is the customer's wallet; `now` is the real time, and what is asked by date goes by
    the customer's own clock. `archived` are the months in files for which there are no charts.
    A form that was refused is shown in the transaction that would have saved it.
    """
    own_now = customer.now(now=now)
    days = _days(customer, own_now)
    meters: Sequence[RecentUsage] = []
    archived: Sequence[str] = ()
    try:
        with transaction.atomic() if is_refused_form else nullcontext():
            meters = _meters(customer, days) if may_see(user, "usage.meter") else []
    except MonthArchived as gone:
        archived = gone.months
    figures: list[Figure] = []
    if may_see(user, "invoicing.invoice"):
        figures += _money_figures(customer_sums(customer_id=customer.pk, now=own_now))
    if may_see(user, "invoicing.grant"):
        figures.append(_credit(held, own_now))
    if meters:
        latest = max(meter.latest_at for meter in meters)
        figures.append(_last_usage(latest, customer.timezone))
    charts = [_chart(meter, days) for meter in meters if meter.days]
    return {"figures": figures, "charts": charts, "archived": archived}


def _credit(held: Sequence[WalletGrant], now: datetime) -> Figure:
    left: dict[Purse, Decimal] = {}
    for each in held:
        grant = each.grant
        if grant.expires_at is None or now < grant.expires_at:
            left[grant.purse] = EXACT.add(left.get(grant.purse, Decimal(0)), each.left)
    words = tuple(credit_size_words(size, purse) for purse, size in sorted(left.items()))
    return Figure("Credit left", words or (NOTHING,))


def _last_usage(latest: datetime, zone: str) -> Figure:
    local = latest.astimezone(ZoneInfo(zone))
    return Figure("Last usage", (day_words(local.date()),), f"at {local:%H:%M} {zone}")


def _money_figures(sums: Sequence[CustomerSums]) -> list[Figure]:
    count = sum(each.open_count for each in sums)
    open_words = tuple(
        money_words(Money(each.open_amount, each.currency)) for each in sums if each.open_count
    )
    upcoming = tuple(money_words(Money(each.upcoming_amount, each.currency)) for each in sums)
    invoices = "invoice" if count == 1 else "invoices"
    return [
        Figure("Open", open_words or (NOTHING,), f"{count} issued {invoices}" if count else ""),
        Figure("Upcoming so far", upcoming or (NOTHING,), "after credit"),
    ]


def _days(customer: Customer, now: datetime) -> list[date]:
    today = local_date(now, customer.timezone)
    return [today - timedelta(days=back) for back in reversed(range(DAYS))]


def _meters(customer: Customer, days: Sequence[date]) -> list[RecentUsage]:
    zone = customer.timezone
    end = local_midnight(days[-1] + timedelta(days=1), zone)
    return recent_usage(customer_id=customer.pk, days=days, end=end, zone=zone, most=MOST_METERS)


def _chart(meter: RecentUsage, days: Sequence[date]) -> StackedBars:
    return stacked_bars(
        title=f"{meter.name}, last {DAYS} days",
        categories=[day_words(day) for day in days],
        short_categories=[f"{day:%b} {day.day}" for day in days],
        series=[Series(meter.name, [meter.days.get(day, Decimal(0)) for day in days])],
        words=lambda value: quantity_words(value, meter.unit),
        key=f"usage-{meter.meter_id}",
    )
