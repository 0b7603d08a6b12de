"""Whose price book a key may look into."""

from accounts.models import ApiKey, LegalEntity
from accounts.queries.partner_customers import partner_customers


def partner_sellers(*, key: ApiKey) -> list[LegalEntity]:
    """Return the legal entities that bill the customers of the key, by code."""
    billed_by = partner_customers(key=key).values("legal_entity")
    return list(LegalEntity.objects.filter(pk__in=billed_by).order_by("code"))
