"""Wallets and their history, as tables."""

from collections.abc import Sequence

from django.urls import reverse

from accounts.admin.pages.tables import Table, money, text
from accounts.admin.pages.words import end_words, instant_words, start_words
from accounts.models import Customer
from invoicing.admin.credit_size import credit_cell
from invoicing.models import CreditApplication, Grant, GrantEntry, InvoiceState
from invoicing.queries.wallets import WalletGrant, wallet

GRANT = "invoicing.grant"
LATEST = 50


def wallet_table(customer: Customer, *, held: Sequence[WalletGrant] | None = None) -> Table:
    """Return the customer's grants (`held`, where they are read) with what is left of each."""
    zone = customer.timezone
    rows = []
    for each in wallet(customer_id=customer.pk) if held is None else held:
        grant, purse = each.grant, each.grant.purse
        rows.append(
            (
                text(grant.code, link=reverse("admin:invoicing_grant_change", args=[grant.pk])),
                text(grant.kind),
                text(start_words(grant.effective_from, zone)),
                text(end_words(grant.expires_at, zone)),
                credit_cell(grant.size, purse),
                credit_cell(each.posted, purse),
                credit_cell(each.pending, purse),
                credit_cell(each.left, purse),
            )
        )
    headings = ("Grant", "Kind", "From", "Last day", "Granted", "Posted", "Pending", "Left")
    return Table(
        "Wallet",
        headings,
        rows,
        empty="No credit was granted.",
        note="Posted is what issued invoices left; pending is what open ones will draw."
        if rows
        else "",
        shows=GRANT,
    )


def wallet_entries_table(customer: Customer) -> Table:
    """Return the latest movements of all grants of a customer."""
    entries = GrantEntry.objects.filter(grant__customer=customer).order_by("-id")[:LATEST]
    return _entries_table(list(entries.select_related("grant", "invoice")))


def grant_entries_table(grant: Grant) -> Table:
    """Return every movement of one grant, latest first."""
    entries = grant.entries.order_by("-id").select_related("grant", "invoice")
    return _entries_table(list(entries[:LATEST]))


def pending_table(grant: Grant) -> Table:
    """Return what invoices that are not issued yet will draw of a grant."""
    pending = CreditApplication.objects.filter(
        grant=grant, invoice__state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT]
    ).select_related("invoice")
    rows = [
        (
            text(
                application.invoice,
                link=reverse("admin:invoicing_invoice_change", args=[application.invoice_id]),
            ),
            credit_cell(application.size, grant.purse),
            money(application.amount),
        )
        for application in pending
    ]
    empty = "No open invoice draws on it."
    headings = ("Invoice", "Draws", "Pays")
    return Table("Pending", headings, rows, empty=empty, shows="invoicing.invoice")


def _entries_table(entries: list[GrantEntry]) -> Table:
    rows = [
        (
            text(instant_words(entry.posted_at)),
            text(
                entry.grant.code,
                link=reverse("admin:invoicing_grant_change", args=[entry.grant_id]),
            ),
            text(entry.get_kind_display().lower()),
            text(
                entry.invoice or "–",
                link=reverse("admin:invoicing_invoice_change", args=[entry.invoice_id])
                if entry.invoice_id
                else "",
            ),
            credit_cell(entry.size, entry.grant.purse),
            money(entry.amount),
        )
        for entry in entries
    ]
    headings = ("Posted", "Grant", "What", "Invoice", "By", "In the books")
    return Table("Wallet history", headings, rows, empty="Nothing is posted yet.", shows=GRANT)
