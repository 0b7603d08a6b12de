"""A customer's usage, every text ready to show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from charts.stacked_bars import StackedBars, stacked_bars
from invoicing.documents.formats import days, money, quantity
from invoicing.models import Invoice
from portal.csv_answer import Cell
from portal.documents.buckets import REST, buckets, summed
from portal.documents.invoice_row import invoice_name
from portal.queries.usage import Costs, Usage, UsageSearch, ValueUsage
from portal.queries.usage_days import DayOfValue
from usage.queries.daily_usage import local_days
from usage.queries.used_meters import UsedMeter

ABSENT = "(none)"
_SPREAD = (
    "An invoice's period reaches beyond this time: the amount of each of its lines is spread "
    "over its days by quantity."
)


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One value with its quantity, events and cost."""

    name: str
    quantity: str
    events: str
    cost: str


@dataclass(frozen=True, slots=True)
class UsagePage:
    """
    What was used, as chart and table.

    `invoice_id` is that of the one invoice whose lines the cost is, else empty; `cost_words`
    tell what the cost is made of.
    """

    period: str
    chart: StackedBars
    rows: tuple[UsageRow, ...]
    total: UsageRow
    cost_words: str
    invoice_id: str


def usage_page(*, usage: Usage, search: UsageSearch, meter: UsedMeter, zone: str) -> UsagePage:
    """Return the page of a search that found something or nothing."""
    return UsagePage(
        period=days(search.period, zone),
        chart=_chart(usage, search, meter, zone),
        rows=tuple(_row(row, meter) for row in usage.rows),
        total=_row(usage.total, meter),
        cost_words=_cost_words(usage),
        invoice_id=usage.whole[0].public_id if len(usage.whole) == 1 and not usage.cut else "",
    )


def _chart(usage: Usage, search: UsageSearch, meter: UsedMeter, zone: str) -> StackedBars:
    period = search.period
    spans = buckets(local_days(start=period.start, end=period.end, zone=zone))
    parts = [(_name(each.value, each.is_rest, search, meter), each.day, each.quantity)
             for each in usage.days]  # fmt: skip
    return stacked_bars(
        title=f"{meter.name} by {spans.word.lower()}",
        categories=spans.names,
        short_categories=spans.short_names,
        series=summed(spans, parts),
        words=lambda amount: quantity(amount, meter.unit),
        category_word=spans.word,
        span=days(period, zone),
        key="usage",
    )


def _name(value: str | None, is_rest: bool, search: UsageSearch, meter: UsedMeter) -> str:
    if is_rest:
        return REST
    if search.key is None:
        return meter.name
    return ABSENT if value is None else value


def _row(row: ValueUsage, meter: UsedMeter) -> UsageRow:
    name = REST if row.is_rest else row.value
    return UsageRow(
        name=ABSENT if name is None else name,
        quantity=quantity(row.quantity, meter.unit),
        events=quantity(Decimal(row.events)),
        cost=_cost(row.costs),
    )


def _cost(costs: Costs) -> str:
    return " + ".join(money(costs[currency], currency) for currency in sorted(costs)) or "–"


def _cost_words(usage: Usage) -> str:
    if usage.cut:
        return _SPREAD
    if not usage.whole:
        return "No invoice covers this time."
    if len(usage.whole) == 1:
        return f"The cost is that of the lines of the {_invoice_words(usage.whole[0])}."
    return f"The cost is that of the lines of {len(usage.whole)} invoices."


def _invoice_words(invoice: Invoice) -> str:
    name = invoice_name(invoice)
    return name[0].lower() + name[1:]


def csv_header(currencies: tuple[str, ...], key: str | None) -> tuple[str, ...]:
    """Return the heads of the columns: one of cost for each currency."""
    costs = [f"cost {currency}" for currency in currencies]
    return ("day", "meter", *([] if key is None else [key]), "quantity", "unit", "events", *costs)


def csv_rows(
    rows: list[DayOfValue], currencies: tuple[str, ...], key: str | None, meter: UsedMeter
) -> Iterator[list[Cell]]:
    """Yield a row for each day and value."""
    for row in rows:
        day: date = row.day
        value: list[Cell] = [] if key is None else [REST if row.is_rest else row.value]
        costs: list[Cell] = [row.costs.get(currency, Decimal(0)) for currency in currencies]
        yield [day, meter.code, *value, row.quantity, meter.unit, row.events, *costs]
