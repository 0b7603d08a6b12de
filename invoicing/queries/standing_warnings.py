"""Customers whose credit ran low and who got no more since."""

from django.db.models import Exists, OuterRef, QuerySet

from invoicing.models import CreditWarning, Grant


def standing_warnings(*, warnings: QuerySet[CreditWarning]) -> QuerySet[CreditWarning]:
    """Narrow warnings to those after which nothing was granted in their currency."""
    later = Grant.objects.filter(
        customer=OuterRef("customer"),
        currency=OuterRef("currency"),
        created_at__gt=OuterRef("warned_at"),
    )
    return warnings.filter(~Exists(later))
