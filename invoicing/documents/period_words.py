"""What an invoice is for, in days."""

from __future__ import annotations

from invoicing.documents.formats import day, days
from invoicing.models import Invoice, InvoiceKind
from values.calendar import local_date
from values.period import Period


def period_words(invoice: Invoice, zone: str) -> str:
    """Return its first and last day; of an opening invoice ``Nov 1, 2024, first day``."""
    if is_opening(invoice):
        return f"{day(local_date(invoice.period_start, zone))}, first day"
    return days(Period(invoice.period_start, invoice.period_end), zone)


def is_opening(invoice: Invoice) -> bool:
    """Return whether it holds what is due on the contract's first day."""
    return invoice.kind == InvoiceKind.OPENING
