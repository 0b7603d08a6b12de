"""Invoices that a bill run has to move on."""

from datetime import datetime

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from invoicing.models import Invoice, InvoiceState


def due_invoices(*, as_of: datetime) -> QuerySet[Invoice]:
    """
    Return upcoming invoices whose period is over and drafts whose grace is over.

    By each customer's own time: its test clock, else `as_of`. Earlier periods first.
    """
    customer_now = Coalesce(
        F("customer__test_clock__now_at"), Value(as_of, output_field=DateTimeField())
    )
    return (
        Invoice.objects.annotate(customer_now=customer_now)
        .filter(
            Q(state=InvoiceState.UPCOMING, period_end__lte=F("customer_now"))
            | Q(state=InvoiceState.DRAFT, closes_at__lte=F("customer_now"))
        )
        .order_by("period_end", "pk")
    )
