"""Grants with what is left of them, in one query."""

from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from invoicing.models import CreditApplication, Grant, GrantEntry, InvoiceState


def with_left(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """Annotate `left_amount`: what is posted, less what invoices that are not issued will draw."""
    posted = GrantEntry.objects.filter(grant=OuterRef("pk")).order_by().values("grant")
    pending = (
        CreditApplication.objects.filter(
            grant=OuterRef("pk"), invoice__state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT]
        )
        .order_by()
        .values("grant")
    )
    return grants.annotate(left_amount=_total(posted) - _total(pending))


def _total(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(total=Sum("amount")).values("total")), Value(Decimal(0)))
