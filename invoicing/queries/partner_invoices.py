"""The invoices that an API key may see."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import ApiKey
from accounts.queries.partner_customers import partner_customers
from invoicing.models import Invoice, InvoiceLine


def partner_invoices(*, key: ApiKey) -> QuerySet[Invoice]:
    """Return the invoices of the key's customers with what a list shows of them."""
    return Invoice.objects.filter(
        customer__in=partner_customers(key=key).values("pk")
    ).select_related("legal_entity", "customer", "contract")


def invoices_after(
    invoices: QuerySet[Invoice], place: tuple[datetime, UUID] | None
) -> QuerySet[Invoice]:
    """Return them ordered by period, the latest first, beginning after the last one's place."""
    if place is not None:
        start, uid = place
        invoices = invoices.filter(
            Q(period_start__lt=start) | Q(uid__lt=uid), period_start__lte=start
        )
    return invoices.order_by("-period_start", "-uid")


def partner_invoice(*, key: ApiKey, public_id: str) -> Invoice | None:
    """Return the invoice with its lines, taxes and credits, None where the key sees no such."""
    uid = Invoice.uid_of(public_id)
    if uid is None:
        return None
    return (
        partner_invoices(key=key)
        .prefetch_related("lines", "tax_lines", "credit_applications__grant")
        .filter(uid=uid)
        .first()
    )


def partner_invoice_line(*, key: ApiKey, invoice_id: str, line_uid: UUID) -> InvoiceLine | None:
    """Return a line with its invoice, None where the key sees no such."""
    uid = Invoice.uid_of(invoice_id)
    if uid is None:
        return None
    return (
        InvoiceLine.objects.filter(
            invoice__in=partner_invoices(key=key).values("pk"), invoice__uid=uid, uid=line_uid
        )
        .select_related("invoice__customer")
        .first()
    )
