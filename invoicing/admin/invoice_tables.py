"""What stands on an invoice, as tables."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.pages.tables import Cell, Table, may_see, money, number, text
from accounts.admin.pages.words import (
    NOTHING,
    day_words,
    number_words,
    quantity_words,
    span_words,
    start_words,
    state_badge,
)
from invoicing.admin.credit_size import credit_cell
from invoicing.models import CreditApplication, Invoice, InvoiceKind, InvoiceLine, InvoiceState
from invoicing.queries.remaining_credit import remaining_credit
from invoicing.rating.trace import Trace
from usage.admin.event_search import events_address
from usage.queries.unsettled import unsettled_by, unsettled_words
from values.money import fine_text

INVOICE = "invoicing.invoice"
EVENT = "usage.event"
_HEADINGS = ("Description", "Section", "Quantity", "Rate", "Amount", "Events")
_TONES = {
    InvoiceState.UPCOMING.value: "waiting",
    InvoiceState.DRAFT.value: "waiting",
    InvoiceState.ISSUED.value: "good",
    InvoiceState.SKIPPED.value: "plain",
    InvoiceState.VOID.value: "bad",
}


def invoice_badge(invoice: Invoice) -> str:
    """Return an invoice's state; one that cannot be issued says so."""
    if invoice.stopped_error and invoice.state in {InvoiceState.UPCOMING, InvoiceState.DRAFT}:
        return state_badge(f"{invoice.get_state_display()}, stopped", "bad")
    return state_badge(invoice.get_state_display(), _TONES[invoice.state])


def invoice_period(invoice: Invoice) -> str:
    """Return the first and last day that the invoice is for; an opening one has one day."""
    zone = invoice.customer.timezone
    if invoice.kind == InvoiceKind.OPENING:
        return f"{start_words(invoice.period_start, zone)}, first day"
    return span_words(invoice.period_start, invoice.period_end, zone)


def waits_for(invoice: Invoice) -> str:
    """Return what changes the usage of a draft, so that it is not issued now; it leads there."""
    if invoice.state != InvoiceState.DRAFT:
        return NOTHING
    change = unsettled_by(customer=invoice.customer, before=invoice.closes_at)
    if change is None:
        return NOTHING
    address = reverse(
        f"admin:{change._meta.app_label}_{change._meta.model_name}_change", args=[change.pk]
    )
    return format_html('it waits: <a href="{}">{}</a>', address, unsettled_words(change))


def lines_table(invoice: Invoice, *, user: Any, caption: str = "Lines") -> Table:
    """Return the lines; each quantity leads to exactly its events, where the user may see them."""
    leads = may_see(user, EVENT)
    rows = [_line_row(invoice, line, leads) for line in invoice.lines.order_by("position")]
    return Table(caption, _HEADINGS, rows, empty="No usage in this period yet.", shows=INVOICE)


def line_table(invoice: Invoice, line: InvoiceLine, *, user: Any) -> Table:
    """Return one line as it stands now, its quantity leading to its events as in the others."""
    rows = [_line_row(invoice, line, may_see(user, EVENT))]
    return Table("The line", _HEADINGS, rows, shows=INVOICE)


def _line_row(invoice: Invoice, line: InvoiceLine, leads_to_events: bool) -> Sequence[Cell]:
    events = _events_of(invoice, line) if leads_to_events else ""
    sentence = (
        Trace.from_json(line.trace).sentence(zone=invoice.legal_entity.timezone)
        if line.trace
        else ""
    )
    return (
        text(line.description, detail=sentence, anchor=line.public_id),
        text(line.section),
        number(quantity_words(line.quantity, line.unit), link=events),
        number(NOTHING if line.unit_price is None else fine_text(line.unit_price, line.currency)),
        money(line.amount),
        number(NOTHING if line.events is None else str(line.events)),
    )


def _events_of(invoice: Invoice, line: InvoiceLine) -> str:
    if line.meter_id is None or line.usage_from is None:
        return ""
    return events_address(
        customer=invoice.customer.public_id,
        meter_id=line.meter_id,
        combination=line.dimension_set_id,
        start=line.usage_from,
        end=line.usage_to,
        seen=invoice.usage_snapshot,
    )


def totals_table(invoice: Invoice) -> Table:
    """Return the sums in the order in which they are printed."""
    rows = [(text("Subtotal"), money(invoice.subtotal))]
    if invoice.discounts.amount:
        rows.append((text("Promotional credit"), money(-invoice.discounts)))
    rows += [
        (text(f"{tax.label} {number_words(tax.rate)}"), money(tax.amount))
        for tax in invoice.tax_lines.all()
    ]
    rows += [
        (text("Total"), money(invoice.total)),
        (text("Credits applied"), money(-invoice.credits_applied)),
        (text("Amount due"), money(invoice.amount_due)),
    ]
    return Table("Totals", ("", "Amount"), rows, shows=INVOICE)


def credits_table(invoice: Invoice) -> Table:
    """Return what each grant pays, and what it then holds."""
    # Read once, for what each pays and for what it leaves.
    prefetch_related_objects(
        [invoice],
        Prefetch("credit_applications", CreditApplication.objects.select_related("grant")),
    )
    left = remaining_credit(invoice=invoice)
    rows = [
        (
            text(
                application.grant.code,
                link=reverse("admin:invoicing_grant_change", args=[application.grant_id]),
            ),
            money(application.amount),
            number(NOTHING)
            if application.quantity is None
            else credit_cell(application.quantity, application.grant.purse),
            credit_cell(left.get(application.grant_id), application.grant.purse),
        )
        for application in invoice.credit_applications.all()
    ]
    headings = ("Grant", "Pays", "In units", "Left after it")
    return Table("Credits", headings, rows, empty="No credit is applied.", shows="invoicing.grant")


def journal_table(invoice: Invoice) -> Table:
    """Return the postings of an issued invoice; debits are positive."""
    rows = [
        (
            text(
                entry.get_kind_display(),
                link=reverse("admin:invoicing_journalentry_change", args=[entry.pk]),
            ),
            text(posting.get_account_display()),
            money(posting.amount),
        )
        for entry in invoice.journal_entries.order_by("id").prefetch_related("postings")
        for posting in entry.postings.all()
    ]
    headings = ("Entry", "Account", "Debit (+) or credit (−)")
    empty = "Posted when the invoice is issued."
    return Table("Journal", headings, rows, empty=empty, shows="invoicing.journalentry")


def invoices_table(invoices: Iterable[Invoice], *, caption: str) -> Table:
    """Return invoices with links, one a row; their customers are loaded."""
    rows = [
        (
            text(
                invoice.number or "not numbered",
                link=reverse("admin:invoicing_invoice_change", args=[invoice.pk]),
            ),
            text(invoice_period(invoice)),
            text(invoice_badge(invoice)),
            money(invoice.total),
            money(invoice.credits_applied),
            money(invoice.amount_due),
            text(day_words(invoice.issue_date)),
        )
        for invoice in invoices
    ]
    headings = ("Number", "Period", "State", "Total", "Credits", "Due", "Issue date")
    return Table(caption, headings, rows, empty="None yet: activate a contract.", shows=INVOICE)
