"""The state of an invoice as its customer reads it: what is stored, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.columns import exact
from invoicing.documents.formats import day, quantity
from invoicing.models import Invoice, InvoiceState

_STORED = {
    InvoiceState.UPCOMING.value: ("upcoming", "waiting"),
    InvoiceState.DRAFT.value: ("draft", "waiting"),
    InvoiceState.SKIPPED.value: ("nothing to bill", "quiet"),
    InvoiceState.VOID.value: ("void", "quiet"),
}


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state in a word or a few; `tone` is good, waiting, bad or quiet."""

    word: str
    tone: str


def state_words(*, invoice: Invoice, today: date) -> StateWords:
    """
    Return an invoice's state on a day of its customer.

    Of an issued one it is what is due: after its due date it is overdue, on that day not yet.
    """
    if invoice.state != InvoiceState.ISSUED:
        return StateWords(*_STORED[invoice.state])
    due_date = invoice.due_date
    if exact(invoice.amount_due) <= 0 or due_date is None:
        return StateWords("nothing due", "good")
    days = (today - due_date).days
    if days > 0:
        return StateWords(f"overdue by {quantity(Decimal(days), 'day')}", "bad")
    if days == 0:
        return StateWords("due today", "waiting")
    return StateWords(f"due {day(due_date)}", "waiting")
