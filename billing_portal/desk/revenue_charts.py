"""Revenue of the month so far, as the start page shows it: each currency a chart of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import groupby

from djmoney.money import Money

from accounts.admin.pages.words import money_words
from billing_portal.queries.month_revenue import MONTHS, MonthRevenue, month_revenue
from charts.stacked_bars import Series, StackedBars, stacked_bars
from values.exact import EXACT


@dataclass(frozen=True, slots=True)
class SellerRevenue:
    """What one seller's invoices of the running month come to, as words."""

    seller: str
    recurring: str
    usage: str
    one_time: str
    total: str


@dataclass(frozen=True, slots=True)
class CurrencyRevenue:
    """The running month in one currency: its sums, its sellers, its chart with earlier months."""

    currency: str
    month: str
    recurring: str
    usage: str
    one_time: str
    total: str
    sellers: tuple[SellerRevenue, ...]
    chart: StackedBars


def revenue_so_far(*, now: datetime) -> list[CurrencyRevenue]:
    """Return revenue by currency, by code; none of them where nothing is invoiced yet."""
    rows = month_revenue(now=now)
    return [
        _of_currency(currency, list(group))
        for currency, group in groupby(rows, key=lambda row: row.currency)
    ]


def _of_currency(currency: str, rows: Sequence[MonthRevenue]) -> CurrencyRevenue:
    running = max(row.running_month for row in rows)
    months = _months_to(running)
    now_rows = [row for row in rows if row.month == row.running_month]

    def words(amount: Decimal) -> str:
        return money_words(Money(amount, currency))

    recurring = _sum(row.recurring for row in now_rows)
    usage = _sum(row.usage for row in now_rows)
    one_time = _sum(row.one_time for row in now_rows)
    return CurrencyRevenue(
        currency=currency,
        month=f"{running:%B %Y}",
        recurring=words(recurring),
        usage=words(usage),
        one_time=words(one_time),
        total=words(_sum([recurring, usage, one_time])),
        sellers=tuple(_seller(row, words) for row in now_rows),
        chart=stacked_bars(
            title=f"Revenue in {currency} by month",
            categories=[
                f"{month:%B %Y}{' so far' if month == running else ''}" for month in months
            ],
            short_categories=[f"{month:%b}" for month in months],
            series=[
                Series("Recurring", _by_month(rows, months, "recurring")),
                Series("Usage", _by_month(rows, months, "usage")),
                Series("One-time", _by_month(rows, months, "one_time")),
            ],
            words=words,
            category_word="Month",
            key=f"revenue-{currency.lower()}",
        ),
    )


def _seller(row: MonthRevenue, words: Callable[[Decimal], str]) -> SellerRevenue:
    total = _sum([row.recurring, row.usage, row.one_time])
    return SellerRevenue(
        row.seller, words(row.recurring), words(row.usage), words(row.one_time), words(total)
    )


def _months_to(last: date) -> list[date]:
    months = [last]
    while len(months) < MONTHS:
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    return months


def _by_month(rows: Sequence[MonthRevenue], months: Sequence[date], kind: str) -> list[Decimal]:
    return [_sum(getattr(row, kind) for row in rows if row.month == month) for month in months]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum with every digit; Python's own stops at 28."""
    return reduce(EXACT.add, amounts, Decimal(0))
