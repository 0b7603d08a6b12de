"""Invoices, wallets, journal, documents, bill runs."""

from invoicing.models.bill_run import BillRun
from invoicing.models.credit import (
    CreditApplication,
    CreditShare,
    Grant,
    GrantEntry,
    GrantEntryKind,
    GrantKind,
)
from invoicing.models.delivery import InvoiceDocument, InvoiceEmail
from invoicing.models.invoice import (
    Invoice,
    InvoiceLine,
    InvoiceState,
    InvoiceTaxLine,
    NumberSeries,
)
from invoicing.models.journal import Account, JournalEntry, JournalEntryKind, Posting

__all__ = [
    "Account",
    "BillRun",
    "CreditApplication",
    "CreditShare",
    "Grant",
    "GrantEntry",
    "GrantEntryKind",
    "GrantKind",
    "Invoice",
    "InvoiceDocument",
    "InvoiceEmail",
    "InvoiceLine",
    "InvoiceState",
    "InvoiceTaxLine",
    "JournalEntry",
    "JournalEntryKind",
    "NumberSeries",
    "Posting",
]
