"""Customers whose credit ran low and who got no more since."""

from django.db.models import Exists, OuterRef, QuerySet

from invoicing.models import CreditWarning, Grant


def standing_warnings(*, warnings: QuerySet[CreditWarning]) -> QuerySet[CreditWarning]:
    """Narrow warnings to those after which nothing was granted of what was low."""
    later = Grant.objects.filter(
        customer=OuterRef("customer"),
        currency=OuterRef("currency"),
        unit=OuterRef("unit"),
        created_at__gt=OuterRef("warned_at"),
    )
    return warnings.filter(~Exists(later))
