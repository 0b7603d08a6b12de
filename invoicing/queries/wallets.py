"""What is left of a customer's grants: posted, and less what other invoices will draw."""

from dataclasses import dataclass
from decimal import Decimal

from invoicing.models import Grant, Invoice
from invoicing.queries.grant_balances import with_balances


@dataclass(frozen=True, slots=True)
class WalletGrant:
    """
    A grant with what is left of it: by what is posted, and less what is pending.

    In units where the grant is of units.
    """

    grant: Grant
    posted: Decimal
    pending: Decimal

    @property
    def left(self) -> Decimal:
        """Return what a further invoice can draw."""
        return self.posted - self.pending


def wallet(*, customer_id: int, before: Invoice | None = None) -> list[WalletGrant]:
    """
    Return the customer's grants in a stable order with their balances, in one query.

    Pending is what invoices that are not issued yet would draw; with `before`, only those
    that are issued before it, so that each invoice sees what the earlier ones leave.
    """
    grants = with_balances(Grant.objects.filter(customer_id=customer_id), before=before)
    return [
        WalletGrant(
            grant=grant,
            posted=grant.posted_amount,  # type: ignore[attr-defined]
            pending=grant.pending_amount,  # type: ignore[attr-defined]
        )
        for grant in grants.order_by("id")
    ]
