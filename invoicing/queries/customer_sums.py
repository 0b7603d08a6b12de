"""What a customer's invoices come to: what is open, and what the running periods come to."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum

from invoicing.models import Invoice, InvoiceState


@dataclass(frozen=True, slots=True)
class CustomerSums:
    """Sums in one currency; `open_count` is how many issued invoices ask for money."""

    currency: str
    open_amount: Decimal
    open_count: int
    upcoming_amount: Decimal


def customer_sums(*, customer_id: int, now: datetime) -> list[CustomerSums]:
    """
    Return the sums by currency: issued amounts due, and what begun periods will ask for so far.

    `now` is the customer's. Periods that have not begun are left out.
    """
    is_open = Q(state=InvoiceState.ISSUED, amount_due__gt=0)
    is_running = Q(state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT], period_start__lte=now)
    rows = (
        Invoice.objects.filter(is_open | is_running, customer_id=customer_id)
        .order_by()
        .values("currency")
        .annotate(
            open_amount=Sum("amount_due", filter=is_open),
            open_count=Count("pk", filter=is_open),
            upcoming=Sum("amount_due", filter=is_running),
        )
        .order_by("currency")
    )
    nothing = Decimal(0)
    return [
        CustomerSums(
            row["currency"], row["open_amount"] or nothing, row["open_count"],
            row["upcoming"] or nothing,
        )
        for row in rows
    ]  # fmt: skip
