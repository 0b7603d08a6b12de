"""The first page of a customer, every text ready to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from invoicing.documents.formats import day, money, quantity
from invoicing.models import Invoice
from portal.documents.credit_outlook import CreditOutlook
from portal.documents.invoice_row import InvoiceRow, invoice_row
from portal.documents.running import RunningPeriod, running_period
from portal.documents.times import moment
from portal.documents.todo import Todo
from portal.queries.overview import Due, Overview
from values.calendar import local_date


@dataclass(frozen=True, slots=True)
class DueCard:
    """What is owed: amounts by currency, words on when, and the invoices to pay first."""

    amounts: tuple[str, ...]
    words: str
    is_overdue: bool
    rows: tuple[InvoiceRow, ...]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """The first page."""

    due: DueCard
    running: tuple[RunningPeriod, ...]
    data_to: str
    credit: tuple[CreditOutlook, ...]
    latest: tuple[InvoiceRow, ...]
    todos: tuple[Todo, ...]
    is_new: bool
    has_contract: bool


def overview_page(
    *,
    overview: Overview,
    outlooks: Sequence[CreditOutlook],
    todos: Sequence[Todo],
    zone: str,
    now: datetime,
    today: date,
) -> OverviewPage:
    """Return the page; `now` and `today` are the customer's."""
    data_to = overview.data_to
    return OverviewPage(
        due=DueCard(
            amounts=tuple(money(due.amount, due.currency) for due in overview.due),
            words=_due_words(overview, zone, today),
            is_overdue=any(due.overdue_invoices for due in overview.due),
            rows=tuple(invoice_row(invoice, today=today) for invoice in overview.due_first),
        ),
        running=running_cards(overview=overview, zone=zone, now=now),
        data_to="" if data_to is None else moment(data_to, zone),
        credit=tuple(outlooks),
        latest=tuple(invoice_row(invoice, today=today) for invoice in overview.latest),
        todos=tuple(todos),
        is_new=not overview.recent and data_to is None,
        has_contract=bool(overview.recent),
    )


def running_cards(*, overview: Overview, zone: str, now: datetime) -> tuple[RunningPeriod, ...]:
    """Return a card for each period that runs."""
    return tuple(
        running_period(
            invoice=invoice,
            parts=[part for part in overview.days if part.line.invoice_id == invoice.pk],
            zone=zone,
            now=now,
        )
        for invoice in overview.running
    )


def _due_words(overview: Overview, zone: str, today: date) -> str:
    if not overview.due:
        next_day = _next_invoice(overview.running, zone)
        return f"Nothing due. Next invoice on {next_day}." if next_day else "Nothing due."
    count = sum(due.invoices for due in overview.due)
    invoices = quantity(Decimal(count), "invoice")
    overdue = _overdue_words(overview.due)
    first = next((each.due_date for each in overview.due_first if each.due_date), None)
    if overdue or first is None:
        return f"On {invoices}{overdue}."
    when = "today" if first == today else f"on {day(first)}"
    return f"On {invoices}, {'the first ' if count > 1 else ''}due {when}."


def _overdue_words(due: Sequence[Due]) -> str:
    parts = [money(each.overdue, each.currency) for each in due if each.overdue_invoices]
    if not parts:
        return ""
    if all(each.overdue == each.amount for each in due):
        return ", overdue" if sum(each.invoices for each in due) == 1 else ", all overdue"
    return f", {' and '.join(parts)} of it overdue"


def _next_invoice(running: Sequence[Invoice], zone: str) -> str:
    """The day on which the first of the running periods is billed, as far as is known."""
    first = min((invoice.closes_at for invoice in running), default=None)
    return "" if first is None else day(local_date(first, zone))
