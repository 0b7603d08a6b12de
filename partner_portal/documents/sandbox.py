"""A sandbox as its partner's people read it: the clock, and what it would bill, with the why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.columns import exact
from accounts.models import Customer
from invoicing.documents.explanation import Explanation
from invoicing.documents.formats import days, money, short_quantity
from invoicing.documents.states import state_words
from invoicing.models import Invoice, InvoiceLine
from portal.documents.invoice_row import invoice_name
from portal.documents.times import last_day_words, moment
from portal.documents.why import why
from values.period import Period


@dataclass(frozen=True, slots=True)
class SandboxLine:
    """A line with its explanation."""

    line_id: str
    description: str
    quantity: str
    amount: str
    events: int
    why: Explanation


@dataclass(frozen=True, slots=True)
class SandboxBill:
    """An invoice with its lines; `totals` are (words, amount), the last what is due."""

    invoice_id: str
    name: str
    period: str
    closes: str
    computed: str
    state: str
    tone: str
    total: str
    lines: tuple[SandboxLine, ...]
    totals: tuple[tuple[str, str], ...]
    amount_due: str


def sandbox_bill(
    invoice: Invoice, lines: Sequence[InvoiceLine], *, customer: Customer, today: date
) -> SandboxBill:
    """Return an invoice with those of `lines` that are its own; `today` is the customer's."""
    zone, currency = customer.timezone, invoice.currency
    state = state_words(invoice=invoice, today=today)
    computed_at = invoice.computed_at
    sums = (
        ("Charges", exact(invoice.subtotal)),
        ("Promotional credit", -exact(invoice.discounts)),
        ("Taxes and fees", exact(invoice.tax)),
        ("Paid by credit", -exact(invoice.credits_applied)),
    )
    return SandboxBill(
        invoice_id=invoice.public_id,
        name=invoice_name(invoice),
        period=days(Period(invoice.period_start, invoice.period_end), zone),
        closes=last_day_words(invoice.period_end, zone),
        computed="" if computed_at is None else moment(computed_at, zone),
        state=state.word,
        tone=state.tone,
        total=money(exact(invoice.total), currency),
        lines=tuple(_line(line) for line in lines if line.invoice_id == invoice.pk),
        totals=tuple(
            (words, money(amount, currency))
            for place, (words, amount) in enumerate(sums)
            if amount or not place
        ),
        amount_due=money(exact(invoice.amount_due), currency),
    )


def _line(line: InvoiceLine) -> SandboxLine:
    return SandboxLine(
        line_id=line.public_id,
        description=line.description,
        quantity="" if line.events is None else short_quantity(line.quantity, line.unit),
        amount=money(exact(line.amount), line.currency),
        events=line.events or 0,
        why=why(line, credit=(), hint={}),
    )
