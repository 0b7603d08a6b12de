"""An invoice as a row of the customer's list."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.columns import exact
from invoicing.documents.formats import day, money
from invoicing.documents.period_words import period_words
from invoicing.documents.presentation import invoice_zone
from invoicing.documents.states import StateWords, state_words
from invoicing.models import Invoice, InvoiceState
from portal.csv_answer import Cell
from values.calendar import last_day, local_date

CSV_HEADER = (
    "number", "state", "first day", "last day", "issued", "due", "currency",
    "total", "credits applied", "amount due", "id",
)  # fmt: skip

_NAMES = {InvoiceState.UPCOMING.value: "Upcoming", InvoiceState.DRAFT.value: "Draft"}


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """The cells of a row, ready to show; empty where there is nothing yet."""

    invoice_id: str
    name: str
    issued: str
    period: str
    due: str
    total: str
    credits: str
    amount_due: str
    state: StateWords


def invoice_name(invoice: Invoice) -> str:
    """Return what an invoice is called in a sentence: ``Upcoming invoice``."""
    if invoice.number:
        return f"Invoice {invoice.number}"
    return f"{_NAMES.get(invoice.state, 'Skipped')} invoice"


def invoice_row(invoice: Invoice, *, today: date) -> InvoiceRow:
    """Return the row; `today` is the customer's day."""
    credit = exact(invoice.credits_applied)
    return InvoiceRow(
        invoice_id=invoice.public_id,
        name=invoice.number or _NAMES.get(invoice.state, invoice.get_state_display()),
        issued=_day(invoice.issue_date) if invoice.number else "",
        period=period_words(invoice, invoice_zone(invoice)),
        due=_day(invoice.due_date) if invoice.number else "",
        total=money(exact(invoice.total), invoice.currency),
        credits=money(-credit, invoice.currency) if credit else "",
        amount_due=money(exact(invoice.amount_due), invoice.currency),
        state=state_words(invoice=invoice, today=today),
    )


def invoice_cells(invoice: Invoice, *, today: date) -> list[Cell]:
    """Return the row for a spreadsheet."""
    zone = invoice_zone(invoice)
    start: datetime = invoice.period_start
    return [
        invoice.number,
        state_words(invoice=invoice, today=today).word,
        local_date(start, zone),
        last_day(invoice.period_end, zone),
        invoice.issue_date if invoice.number else None,
        invoice.due_date if invoice.number else None,
        invoice.currency,
        exact(invoice.total),
        exact(invoice.credits_applied),
        exact(invoice.amount_due),
        invoice.public_id,
    ]


def _day(value: date | None) -> str:
    return "" if value is None else day(value)
