"""A customer's usage day by day, with the cost of each day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Customer
from invoicing.queries.daily_cost import daily_cost
from portal.queries.usage import Costs, UsageSearch, counted_by, invoices_within
from usage.queries.daily_usage import daily_usage, local_days
from values.exact import EXACT

MOST_VALUES = 500

_Key = tuple[date, str | None, bool]


@dataclass(frozen=True, slots=True)
class DayOfValue:
    """The usage of one value on one day; `is_rest` of all values beyond the largest ones."""

    day: date
    value: str | None
    is_rest: bool
    quantity: Decimal
    events: int
    costs: Costs


def usage_days(*, customer: Customer, search: UsageSearch) -> list[DayOfValue]:
    """
    Return the days of a search by day and value, with the cost that falls on them.

    Costs are the amounts of the invoices' lines, each spread over its days by quantity: over a
    whole invoice they add up to its lines.
    """
    zone, period = customer.timezone, search.period
    whole, cut = invoices_within(customer, period)
    used: dict[_Key, tuple[Decimal, int]] = {}
    for each in daily_usage(
        customer_id=customer.pk,
        meter_id=search.meter_id,
        start=period.start,
        end=period.end,
        zone=zone,
        key=search.key,
        most_values=MOST_VALUES,
        snapshot=counted_by(whole, cut, period),
    ):
        used[each.day, each.value, each.is_rest] = (each.quantity, each.events)
    shown = {value for _, value, is_rest in used if not is_rest}
    costs: dict[_Key, dict[str, Decimal]] = {}
    days = set(local_days(start=period.start, end=period.end, zone=zone))
    for part in daily_cost(invoices=[*whole, *cut], zone=zone, meter_id=search.meter_id):
        value = part.line.dimensions.get(search.key)
        place = (part.day, value, False) if value in shown else (part.day, None, True)
        if part.day in days:
            amounts = costs.setdefault(place, {})
            so_far = amounts.get(part.line.currency, Decimal(0))
            amounts[part.line.currency] = EXACT.add(so_far, part.amount)
    nothing = (Decimal(0), 0)
    return [
        DayOfValue(*place, *used.get(place, nothing), costs.get(place, {}))
        for place in sorted({*used, *costs}, key=lambda place: (place[0], place[2], place[1] or ""))
    ]
