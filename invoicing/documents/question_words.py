"""Invoices and lines as one speaks of them in questions and answers."""

from dataclasses import dataclass

from accounts.columns import exact
from invoicing.documents.formats import days, money, quantity
from invoicing.models import Invoice, InvoiceLine
from values.period import Period


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line says of itself."""

    description: str
    quantity: str
    amount: str


def invoice_words(invoice: Invoice) -> str:
    """Return ``invoice INV-2026-000042``, or the invoice by its state and days."""
    if invoice.number:
        return f"invoice {invoice.number}"
    period = Period(invoice.period_start, invoice.period_end)
    return f"the {_kind(invoice)} of {days(period, invoice.customer.timezone)}"


def line_facts(line: InvoiceLine) -> LineFacts:
    """Return the line as the invoice prints it."""
    return LineFacts(
        description=line.description,
        quantity=quantity(line.quantity, line.unit),
        amount=money(exact(line.amount), line.currency),
    )


def line_words(line: InvoiceLine) -> str:
    """Return ``AI Calls - US / resolved: 13 minutes, $2.60``."""
    facts = line_facts(line)
    return f"{facts.description}: {facts.quantity}, {facts.amount}"


def _kind(invoice: Invoice) -> str:
    return "draft invoice" if invoice.state == "draft" else "upcoming invoice"
