"""The period that runs, so far: what it comes to, by day, and what credit pays of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.columns import exact
from charts.stacked_bars import StackedBars, stacked_bars
from charts.ticks import short_number
from invoicing.documents.formats import days, money
from invoicing.documents.presented_lines import SECTION_TITLES
from invoicing.models import Invoice, InvoiceLine
from invoicing.queries.daily_cost import DayOfLine
from portal.documents.buckets import buckets, summed
from portal.documents.times import last_day_words, moment
from usage.queries.daily_usage import local_days
from values.calendar import local_date
from values.exact import EXACT
from values.period import Period


@dataclass(frozen=True, slots=True)
class RunningPeriod:
    """A running invoice as its card shows it; `rows` are (words, amount), the last what is due."""

    invoice_id: str
    period: str
    total: str
    rows: tuple[tuple[str, str], ...]
    amount_due: str
    day_number: int
    day_count: int
    closes: str
    computed: str
    has_lines: bool
    chart: StackedBars


def running_period(
    *, invoice: Invoice, parts: Sequence[DayOfLine], zone: str, now: datetime
) -> RunningPeriod:
    """Return the card of an upcoming invoice from the days of its lines."""
    period = Period(invoice.period_start, invoice.period_end)
    ahead = [part for part in parts if part.line.period_start >= period.end]
    inside = [part for part in parts if part.line.period_start < period.end]
    of_period = local_days(start=period.start, end=period.end, zone=zone)
    today = local_date(now, zone)
    computed_at = invoice.computed_at
    return RunningPeriod(
        invoice_id=invoice.public_id,
        period=days(period, zone),
        total=money(exact(invoice.total), invoice.currency),
        rows=_rows(invoice, ahead),
        amount_due=money(exact(invoice.amount_due), invoice.currency),
        day_number=sum(day <= today for day in of_period),
        day_count=len(of_period),
        closes=last_day_words(invoice.period_end, zone),
        computed="" if computed_at is None else moment(computed_at, zone),
        has_lines=bool(inside),
        chart=_chart(invoice, inside, zone),
    )


def _rows(invoice: Invoice, ahead: Sequence[DayOfLine]) -> tuple[tuple[str, str], ...]:
    in_advance = sum((part.amount for part in ahead), Decimal(0))
    rows = [
        ("Charges", EXACT.subtract(exact(invoice.subtotal), in_advance)),
        ("In advance for the next period", in_advance),
        ("Promotional credit", -exact(invoice.discounts)),
        ("Taxes and fees", exact(invoice.tax)),
        ("Paid by credit", -exact(invoice.credits_applied)),
    ]
    return tuple(
        (words, money(amount, invoice.currency))
        for place, (words, amount) in enumerate(rows)
        if amount or not place
    )


def _chart(invoice: Invoice, parts: Sequence[DayOfLine], zone: str) -> StackedBars:
    currency = invoice.currency
    name_of = _naming(parts)
    spans = buckets(local_days(start=invoice.period_start, end=invoice.period_end, zone=zone))
    return stacked_bars(
        title=f"Charges by {spans.word.lower()}, before credit and taxes",
        categories=spans.names,
        short_categories=spans.short_names,
        series=summed(spans, [(name_of(part.line), part.day, part.amount) for part in parts]),
        words=lambda amount: money(amount, currency),
        axis_words=money_on_axis(currency),
        category_word=spans.word,
        span=days(Period(invoice.period_start, invoice.period_end), zone),
        key=f"running-{invoice.public_id}",
    )


def money_on_axis(currency: str) -> Callable[[Decimal], str]:
    """Return how round amounts of a currency are written: ``$1,500``, ``$25k``."""
    symbol = money(Decimal(0), currency).rstrip("0.")

    def words(amount: Decimal) -> str:
        sign = "−" if amount < 0 else ""
        return f"{sign}{symbol}{short_number(abs(amount))}"

    return words


def _naming(parts: Sequence[DayOfLine]) -> Callable[[InvoiceLine], str]:
    """By section where there are several, else by price."""
    if len({part.line.section for part in parts}) > 1:
        return lambda line: SECTION_TITLES.get(line.section, line.section)
    return price_name


def price_name(line: InvoiceLine) -> str:
    """Return a line's description without the dimensions that it ends with."""
    return line.description.removesuffix(f" - {' / '.join(line.dimensions.values())}")
