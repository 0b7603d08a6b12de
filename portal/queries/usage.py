"""A customer's usage of one meter in a stretch of time, and what it cost."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.db.models.fields.json import KeyTextTransform

from accounts.models import Customer
from invoicing.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState
from invoicing.queries.daily_cost import daily_cost
from usage.queries.daily_usage import DayOfUsage, daily_usage, local_days
from values.exact import EXACT
from values.period import Period

Costs = Mapping[str, Decimal]
"""Amounts by currency."""

_LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class UsageSearch:
    """What to show: a meter, a stretch of time, and the group key whose values stand apart."""

    meter_id: int
    period: Period
    key: str | None


@dataclass(frozen=True, slots=True)
class ValueUsage:
    """The usage of one value of the key; `is_rest` of all beyond the largest ones."""

    value: str | None
    is_rest: bool
    quantity: Decimal
    events: int
    costs: Costs


@dataclass(frozen=True, slots=True)
class Usage:
    """
    What was used on each day and in all, the largest value first.

    `whole` are invoices whose periods lie wholly in the search's, `cut` those that reach beyond
    it, whose lines were spread over their days. Where the period is just one invoice's,
    quantities are those that it counted.
    """

    days: Sequence[DayOfUsage]
    rows: Sequence[ValueUsage]
    whole: Sequence[Invoice]
    cut: Sequence[Invoice]

    @property
    def total(self) -> ValueUsage:
        """Return the sum of the rows."""
        return ValueUsage(
            value=None,
            is_rest=False,
            quantity=_sum(row.quantity for row in self.rows),
            events=sum(row.events for row in self.rows),
            costs=_joined(row.costs for row in self.rows),
        )


def usage_of(*, customer: Customer, search: UsageSearch) -> Usage:
    """Return the usage; seven queries at most, whatever the time and the number of events."""
    whole, cut = invoices_within(customer, search.period)
    days = daily_usage(
        customer_id=customer.pk,
        meter_id=search.meter_id,
        start=search.period.start,
        end=search.period.end,
        zone=customer.timezone,
        key=search.key,
        snapshot=counted_by(whole, cut, search.period),
    )
    costs: dict[str | None, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for value, currency, amount in [
        *_whole_costs(whole, search),
        *_cut_costs(cut, search, customer),
    ]:
        costs[value][currency] = EXACT.add(costs[value][currency], amount)
    return Usage(days=days, rows=_rows(days, costs), whole=whole, cut=cut)


def periods_at(*, customer: Customer, now: datetime) -> tuple[Period | None, Period | None]:
    """Return the running billing period and the one before it; `now` is the customer's."""
    latest = list(
        customer.invoices.exclude(state=InvoiceState.VOID)
        .filter(period_start__lte=now)
        .order_by("-period_start", "-uid")
        .only("customer_id", "contract_id", "period_start", "period_end")[:_LOOKED_AT]
    )
    running = next((each for each in latest if each.period_end > now), None)
    over = (
        each
        for each in latest
        if each.period_end <= now and (running is None or each.contract_id == running.contract_id)
    )
    return _period(running), _period(next(over, None))


def _period(invoice: Invoice | None) -> Period | None:
    return None if invoice is None else Period(invoice.period_start, invoice.period_end)


def invoices_within(customer: Customer, period: Period) -> tuple[list[Invoice], list[Invoice]]:
    """
    Return the invoices whose periods lie wholly in this one, and those that only overlap.

    Opening invoices, which bill no usage, are left out.
    """
    overlapping = list(
        customer.invoices.exclude(state=InvoiceState.VOID)
        .filter(
            kind=InvoiceKind.PERIOD, period_start__lt=period.end, period_end__gt=period.start
        )
        .only("uid", "customer_id", "state", "number", "period_start", "period_end",
              "usage_snapshot", "currency")
        .order_by("period_start", "uid")
    )  # fmt: skip
    enclosed = [period.encloses(Period(each.period_start, each.period_end)) for each in overlapping]
    pairs = list(zip(overlapping, enclosed, strict=True))
    return [each for each, is_in in pairs if is_in], [each for each, is_in in pairs if not is_in]


def counted_by(whole: Sequence[Invoice], cut: Sequence[Invoice], period: Period) -> str | None:
    """Return the snapshot of the one invoice whose period this is, None for any other time."""
    if cut or len(whole) != 1:
        return None
    (only,) = whole
    same = (only.period_start, only.period_end) == (period.start, period.end)
    return only.usage_snapshot or None if same else None


_Cost = tuple[str | None, str, Decimal]


def _whole_costs(invoices: Sequence[Invoice], search: UsageSearch) -> list[_Cost]:
    if not invoices:
        return []
    lines = InvoiceLine.objects.filter(invoice__in=invoices, meter_id=search.meter_id)
    rows = (
        lines.annotate(value_of_key=KeyTextTransform(search.key or "", "dimensions"))
        .values("value_of_key", "currency")
        .annotate(whole=Sum("amount"))
        .order_by()
    )
    return [(row["value_of_key"], row["currency"], row["whole"]) for row in rows]


def _cut_costs(invoices: Sequence[Invoice], search: UsageSearch, customer: Customer) -> list[_Cost]:
    if not invoices:
        return []
    zone = customer.timezone
    days = set(local_days(start=search.period.start, end=search.period.end, zone=zone))
    return [
        (part.line.dimensions.get(search.key), part.line.currency, part.amount)
        for part in daily_cost(invoices=invoices, zone=zone, meter_id=search.meter_id)
        if part.day in days
    ]


def _rows(
    days: Sequence[DayOfUsage], costs: Mapping[str | None, Mapping[str, Decimal]]
) -> list[ValueUsage]:
    """A row for each value that stands apart; what the others cost is the rest's."""
    sums: dict[tuple[str | None, bool], tuple[Decimal, int]] = {}
    for each in days:
        quantity, events = sums.get((each.value, each.is_rest), (Decimal(0), 0))
        sums[each.value, each.is_rest] = (
            EXACT.add(quantity, each.quantity), events + each.events,
        )  # fmt: skip
    shown = {value for value, is_rest in sums if not is_rest}
    others = _joined(amounts for value, amounts in costs.items() if value not in shown)
    if others and (None, True) not in sums:
        sums[None, True] = (Decimal(0), 0)
    rows = [
        ValueUsage(
            value, is_rest, *sums[value, is_rest], others if is_rest else costs.get(value, {})
        )
        for value, is_rest in sums
    ]
    return sorted(rows, key=lambda row: (row.is_rest, -row.quantity, row.value or ""))


def _joined(parts: Iterable[Costs]) -> dict[str, Decimal]:
    whole: dict[str, Decimal] = {}
    for costs in parts:
        for currency, amount in costs.items():
            whole[currency] = EXACT.add(whole.get(currency, Decimal(0)), amount)
    return whole


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
