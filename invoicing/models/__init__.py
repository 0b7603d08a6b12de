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
from invoicing.models.credit_warning import CreditWarning
from invoicing.models.delivery import InvoiceDocument, InvoiceEmail
from invoicing.models.invoice import Invoice, InvoiceKind, InvoiceState
from invoicing.models.invoice_line import InvoiceLine, InvoiceTaxLine
from invoicing.models.issue_job import IssueJob, IssueJobItem, IssueOutcome
from invoicing.models.journal import Account, JournalEntry, JournalEntryKind, Posting
from invoicing.models.number_series import NumberSeries
from invoicing.models.question import Question

__all__ = [
    "Account",
    "BillRun",
    "CreditApplication",
    "CreditShare",
    "CreditWarning",
    "Grant",
    "GrantEntry",
    "GrantEntryKind",
    "GrantKind",
    "Invoice",
    "InvoiceDocument",
    "InvoiceEmail",
    "InvoiceKind",
    "InvoiceLine",
    "InvoiceState",
    "InvoiceTaxLine",
    "IssueJob",
    "IssueJobItem",
    "IssueOutcome",
    "JournalEntry",
    "JournalEntryKind",
    "NumberSeries",
    "Posting",
    "Question",
]
