"""Invoices that a bill run has to move on."""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import TaxRegistration
from invoicing.models import Invoice, InvoiceKind, InvoiceState
from invoicing.queries.issue_order import ISSUE_ORDER

INVALID_TERMS = "INVALID_TERMS"
USAGE_ARCHIVED = "USAGE_ARCHIVED"
RETRY_AFTER = timedelta(hours=1)


def due_invoices(*, as_of: datetime) -> QuerySet[Invoice]:
    """
    Return upcoming invoices whose period is over and drafts whose grace is over.

    An opening invoice is due as soon as its period begins.

    By each customer's own time: its test clock, else `as_of`. In the order of issue, which is
    that in which credit is drawn. A draft that waits for the seller's decision on tax is not due
    until that is made; one whose terms no engine takes, or whose events are archived, is tried
    again every hour.
    """
    customer_now = Coalesce(
        F("customer__test_clock__now_at"), Value(as_of, output_field=DateTimeField())
    )
    return (
        Invoice.objects.annotate(customer_now=customer_now)
        .filter(
            Q(
                state=InvoiceState.UPCOMING,
                kind=InvoiceKind.PERIOD,
                period_end__lte=F("customer_now"),
            )
            | Q(
                state=InvoiceState.UPCOMING,
                kind=InvoiceKind.OPENING,
                period_start__lte=F("customer_now"),
            )
            | Q(state=InvoiceState.DRAFT, closes_at__lte=F("customer_now"))
        )
        .exclude(
            state=InvoiceState.DRAFT,
            stopped_error="NO_TAX_DECISION",
            legal_entity__tax_registration=TaxRegistration.UNDECIDED,
        )
        .exclude(
            stopped_error__in=[INVALID_TERMS, USAGE_ARCHIVED],
            computed_at__gt=as_of - RETRY_AFTER,
        )
        .order_by(*ISSUE_ORDER)
    )
