"""Grants with what is left of them, in one query."""

from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from invoicing.models import CreditApplication, Grant, GrantEntry, Invoice, InvoiceState
from invoicing.queries.issue_order import issued_before


def with_left(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """
    Annotate `left_amount`: what is posted, less what invoices that are not issued will draw.

    Of grants of units it is a quantity, as are the other balances.
    """
    return with_balances(grants).annotate(left_amount=F("posted_amount") - F("pending_amount"))


def with_balances(grants: QuerySet[Grant], *, before: Invoice | None = None) -> QuerySet[Grant]:
    """
    Annotate `posted_amount`, and `pending_amount`: what invoices that are not issued will draw.

    With `before`, pending is only of the invoices that are issued before it.
    """
    posted = GrantEntry.objects.filter(grant=OuterRef("pk"))
    pending = CreditApplication.objects.filter(
        grant=OuterRef("pk"), invoice__state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT]
    )
    if before is not None:
        pending = pending.filter(issued_before(before, prefix="invoice__"))
    return grants.annotate(posted_amount=_total(posted), pending_amount=_total(pending))


_NUMBER = DecimalField(max_digits=48, decimal_places=18)


def counted() -> Coalesce:
    """Return what a row adds to its grant's balance: of units a quantity, of money an amount."""
    return Coalesce("quantity", "amount", output_field=_NUMBER)


def _total(rows: QuerySet) -> Coalesce:
    sums = rows.order_by().values("grant").annotate(total=Sum(counted())).values("total")
    return Coalesce(Subquery(sums), Value(Decimal(0)), output_field=_NUMBER)
