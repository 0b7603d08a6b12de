"""What stands above a customer's tables: figures, the usage of thirty days, ways down the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from djmoney.money import Money

from accounts.admin.pages.tables import may_see
from accounts.admin.pages.words import NOTHING, day_words, money_words, quantity_words
from accounts.models import Customer
from charts.stacked_bars import Series, StackedBars, stacked_bars
from invoicing.queries.customer_sums import CustomerSums, customer_sums
from invoicing.queries.wallets import WalletGrant
from usage.queries.daily_totals import daily_totals
from usage.queries.daily_usage import local_days
from usage.queries.used_meters import UsedMeter, used_meters
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
    *, customer: Customer, user: Any, held: Sequence[WalletGrant], now: datetime
) -> dict[str, Any]:
    """
    Return figures and charts of a customer, those that this person may look at.

    `held` is the customer's wallet; `now` is the real time, and what is asked by date goes by
    the customer's own clock.
    """
    own_now = customer.now(now=now)
    meters = used_meters(customer_id=customer.pk) if may_see(user, "usage.meter") else []
    figures: list[Figure] = []
    if may_see(user, "invoicing.invoice"):
        figures += _money_figures(customer_sums(customer_id=customer.pk, now=own_now))
    if may_see(user, "invoicing.grant"):
        figures.append(_credit(held, own_now))
    if meters:
        latest = max(meter.latest_at for meter in meters)
        figures.append(_last_usage(latest, customer.timezone))
    return {"figures": figures, "charts": _charts(customer, meters, own_now)}


def _credit(held: Sequence[WalletGrant], now: datetime) -> Figure:
    left: dict[str, Decimal] = {}
    for each in held:
        grant = each.grant
        if grant.expires_at is None or now < grant.expires_at:
            left[grant.currency] = EXACT.add(left.get(grant.currency, Decimal(0)), each.left)
    words = tuple(money_words(Money(amount, currency)) for currency, amount in sorted(left.items()))
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


def _charts(customer: Customer, meters: Sequence[UsedMeter], now: datetime) -> list[StackedBars]:
    zone = customer.timezone
    first = local_date(now, zone) - timedelta(days=DAYS - 1)
    start = local_midnight(first, zone)
    end = local_midnight(first + timedelta(days=DAYS), zone)
    recent = [meter for meter in meters if meter.latest_at >= start][:MOST_METERS]
    if not recent:
        return []
    used = daily_totals(
        customer_id=customer.pk,
        meter_ids=[meter.meter_id for meter in recent],
        start=start,
        end=end,
        zone=zone,
    )
    days = local_days(start=start, end=end, zone=zone)
    return [_chart(meter, days, used[meter.meter_id]) for meter in recent]


def _chart(meter: UsedMeter, days: Sequence[date], used: Mapping[date, Decimal]) -> StackedBars:
    return stacked_bars(
        title=f"{meter.name}, last {DAYS} days",
        categories=[day_words(day) for day in days],
        short_categories=[f"{day:%b} {day.day}" for day in days],
        series=[Series(meter.name, [used.get(day, Decimal(0)) for day in days])],
        words=lambda value: quantity_words(value, meter.unit),
        key=f"usage-{meter.meter_id}",
    )
