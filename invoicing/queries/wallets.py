"""What is left of a customer's grants: posted, and less what other invoices will draw."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from accounts.columns import exact
from invoicing.models import CreditApplication, Grant, GrantEntry, Invoice, InvoiceState


@dataclass(frozen=True, slots=True)
class WalletGrant:
    """A grant with what is left of it: by what is posted, and less what is pending."""

    grant: Grant
    posted: Decimal
    pending: Decimal

    @property
    def left(self) -> Decimal:
        """Return what a further invoice can draw."""
        return self.posted - self.pending


def wallet(*, customer_id: int, before: Invoice | None = None) -> list[WalletGrant]:
    """
    Return the customer's grants in a stable order with their balances.

    Pending is what invoices that are not issued yet would draw; with `before`, only those
    that come before it by period, so that each invoice sees what the earlier ones leave.
    """
    grants = list(Grant.objects.filter(customer_id=customer_id).order_by("id"))
    posted: dict[int, Decimal] = defaultdict(Decimal)
    for row in (
        GrantEntry.objects.filter(grant__customer_id=customer_id)
        .values("grant_id")
        .annotate(balance=Sum("amount"))
        .order_by()
    ):
        posted[row["grant_id"]] = row["balance"]
    applications = CreditApplication.objects.filter(
        grant__customer_id=customer_id,
        invoice__state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT],
    )
    if before is not None:
        applications = applications.filter(
            Q(invoice__period_end__lt=before.period_end)
            | Q(invoice__period_end=before.period_end, invoice_id__lt=before.pk)
        )
    pending: dict[int, Decimal] = defaultdict(Decimal)
    for application in applications:
        pending[application.grant_id] += exact(application.amount)
    return [
        WalletGrant(grant=grant, posted=posted[grant.pk], pending=pending[grant.pk])
        for grant in grants
    ]
