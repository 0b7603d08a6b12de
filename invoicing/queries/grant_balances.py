"""Grants with what is left of them, in one query."""

from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from invoicing.models import CreditApplication, Grant, GrantEntry, Invoice, InvoiceState


def with_left(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """Annotate `left_amount`: what is posted, less what invoices that are not issued will draw."""
    return with_balances(grants).annotate(left_amount=F("posted_amount") - F("pending_amount"))


def with_balances(grants: QuerySet[Grant], *, before: Invoice | None = None) -> QuerySet[Grant]:
    """
    Annotate `posted_amount`, and `pending_amount`: what invoices that are not issued will draw.

    With `before`, pending is only of the invoices that come before it by period.
    """
    posted = GrantEntry.objects.filter(grant=OuterRef("pk"))
    pending = CreditApplication.objects.filter(
        grant=OuterRef("pk"), invoice__state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT]
    )
    if before is not None:
        pending = pending.filter(
            Q(invoice__period_end__lt=before.period_end)
            | Q(invoice__period_end=before.period_end, invoice_id__lt=before.pk)
        )
    return grants.annotate(posted_amount=_total(posted), pending_amount=_total(pending))


# Of a grant of units its quantities, of money its amounts.
_NUMBER = DecimalField(max_digits=48, decimal_places=18)


def _total(rows: QuerySet) -> Coalesce:
    sums = (
        rows.order_by()
        .values("grant")
        .annotate(total=Sum(Coalesce("quantity", "amount", output_field=_NUMBER)))
        .values("total")
    )
    return Coalesce(Subquery(sums), Value(Decimal(0)), output_field=_NUMBER)
