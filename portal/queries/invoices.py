"""A customer's invoices as a list: filtered, the latest first, one page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from accounts.models import Customer
from invoicing.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState
from values.calendar import local_date, local_midnight

STATES = {
    "upcoming": "Upcoming",
    "draft": "Draft",
    "issued": "Issued",
    "due": "Due",
    "overdue": "Overdue",
    "settled": "Nothing due",
    "void": "Void",
}
"""What a list is filtered by, with the words for it."""

# What only the page of one invoice shows, or nobody.
_NOT_LISTED = ("usage_snapshot", "tax_snapshot", "seller_snapshot", "stopped_detail")


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """What to list; empty is no limit. `number` is a part of it, `year` that of its period."""

    state: str = ""
    year: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """A page of invoices, the latest first, and whether there are others around it."""

    invoices: Sequence[Invoice]
    has_newer: bool
    has_older: bool


def listed_invoices(
    *, customer: Customer, wanted: InvoiceFilter, now: datetime
) -> QuerySet[Invoice]:
    """
    Return the invoices that the customer's list shows, the latest first.

    Periods without anything to bill are left out, and those ahead for which there is no usage
    yet: their fees alone are no news. `now` is the customer's.
    """
    used = InvoiceLine.objects.filter(invoice=OuterRef("pk"), events__isnull=False)
    ahead = Q(state=InvoiceState.UPCOMING, kind=InvoiceKind.PERIOD, period_start__gt=now)
    listed = customer.invoices.exclude(state=InvoiceState.SKIPPED).exclude(ahead & ~Exists(used))
    if wanted.state:
        today = local_date(now, customer.timezone)
        listed = listed.filter(_in_state(wanted.state, today))
    if wanted.year is not None:
        zone = customer.timezone
        listed = listed.filter(
            period_start__gte=local_midnight(date(wanted.year, 1, 1), zone),
            period_start__lt=local_midnight(date(wanted.year + 1, 1, 1), zone),
        )
    if wanted.number:
        listed = listed.filter(number__icontains=wanted.number)
    return listed.defer(*_NOT_LISTED).order_by("-period_start", "-uid")


def invoice_page(
    *,
    invoices: QuerySet[Invoice],
    older_than: Invoice | None = None,
    newer_than: Invoice | None = None,
    limit: int,
) -> InvoicePage:
    """Return at most `limit` of them beside a place; without one, the latest."""
    if newer_than is not None:
        beside = _beyond(newer_than, "gt")
        found = list(invoices.filter(beside).order_by("period_start", "uid")[: limit + 1])
        return InvoicePage(found[:limit][::-1], has_newer=len(found) > limit, has_older=True)
    if older_than is not None:
        invoices = invoices.filter(_beyond(older_than, "lt"))
    found = list(invoices[: limit + 1])
    return InvoicePage(
        found[:limit], has_newer=older_than is not None, has_older=len(found) > limit
    )


def invoice_years(*, customer: Customer) -> list[int]:
    """Return the years in which the customer's periods begin, the latest first."""
    span = customer.invoices.aggregate(first=Min("period_start"), last=Max("period_start"))
    if span["first"] is None:
        return []
    first, last = (local_date(span[name], customer.timezone).year for name in ("first", "last"))
    return list(range(last, first - 1, -1))


def first_close(*, customer: Customer) -> datetime | None:
    """Return when the first period ends, None where no contract has one."""
    return customer.invoices.order_by("period_start").values_list("period_end", flat=True).first()


def _in_state(state: str, today: date) -> Q:
    if state in ("due", "overdue"):
        owed = Q(state=InvoiceState.ISSUED, amount_due__gt=0)
        return owed & Q(due_date__lt=today) if state == "overdue" else owed
    if state == "settled":
        return Q(state=InvoiceState.ISSUED, amount_due__lte=0)
    return Q(state=state)


def _beyond(place: Invoice, side: str) -> Q:
    start, uid = place.period_start, place.uid
    return Q(**{f"period_start__{side}": start}) | Q(**{"period_start": start, f"uid__{side}": uid})


def place_of(*, customer: Customer, public_id: str) -> Invoice | None:
    """Return the customer's invoice beside which a page begins, None where there is none."""
    uid: UUID | None = Invoice.uid_of(public_id)
    if uid is None:
        return None
    return customer.invoices.only("period_start", "uid").filter(uid=uid).first()
