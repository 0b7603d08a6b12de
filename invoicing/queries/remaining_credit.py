"""What an invoice leaves of the grants that it draws on."""

from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum

from invoicing.models import GrantEntry, Invoice, InvoiceState
from invoicing.queries.grant_balances import counted
from invoicing.queries.wallets import wallet


def remaining_credit(*, invoice: Invoice) -> dict[int, Decimal]:
    """
    Return by grant id what is left of each grant, in units of those of units, once it has drawn.

    Of an issued invoice it is the balance right after its own entry, so it never changes;
    before that, what is posted less what this and earlier invoices would draw.
    """
    if invoice.state in (InvoiceState.ISSUED, InvoiceState.VOID):
        return _after_entries_of(invoice)
    drawn = {
        application.grant_id: application.size for application in invoice.credit_applications.all()
    }
    return {
        held.grant.pk: held.left - drawn[held.grant.pk]
        for held in wallet(customer_id=invoice.customer_id, before=invoice)
        if held.grant.pk in drawn
    }


def _after_entries_of(invoice: Invoice) -> dict[int, Decimal]:
    own_entry = GrantEntry.objects.filter(grant=OuterRef("grant"), invoice=invoice)
    balances = (
        GrantEntry.objects.annotate(own=Subquery(own_entry.values("id")[:1]))
        .filter(id__lte=F("own"))
        .values("grant_id")
        .annotate(balance=Sum(counted()))
        .order_by()
    )
    return {row["grant_id"]: row["balance"] for row in balances}
