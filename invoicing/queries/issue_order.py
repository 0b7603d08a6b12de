"""The order in which a customer's invoices are issued, and so draw on its credit."""

from typing import Any

from django.db.models import Q

from invoicing.models import Invoice

ISSUE_ORDER = ("closes_at", "period_end", "pk")
"""An opening invoice is issued on its period's first day, others after their time of grace."""


def issued_before(invoice: Invoice, *, prefix: str = "") -> Q:
    """Return the condition that another invoice stands before this one in `ISSUE_ORDER`."""
    same: dict[str, Any] = {}
    condition = Q()
    for name in ISSUE_ORDER:
        value = getattr(invoice, name)
        condition |= Q(**same, **{f"{prefix}{name}__lt": value})
        same[f"{prefix}{name}"] = value
    return condition
