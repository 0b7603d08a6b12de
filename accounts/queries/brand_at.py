"""Under which name somebody is spoken to before, or besides, being on a customer's pages."""

from django.db.models import Q

from accounts.models import Brand, LegalEntity, User

NAME_WITHOUT_BRAND = "Billing portal"


def brand_at(*, host: str, user: User | None = None) -> Brand:
    """
    Return the brand of this host, else of the person's customer or partner, else the first one.

    Where there is none yet, it is one that is not stored.
    """
    brands = Brand.objects.select_related("legal_entity")
    found = brands.filter(domain=host.partition(":")[0].lower()).first()
    if found is None and user is not None:
        own = Q(customers__memberships__user=user)
        of_partner = Q(customers__partners__memberships__user=user)
        found = brands.filter(own | of_partner).order_by("code").first()
    return found or brands.order_by("code").first() or _unnamed()


def _unnamed() -> Brand:
    seller = LegalEntity(code="none", name=NAME_WITHOUT_BRAND)
    return Brand(legal_entity=seller, code="none", name=NAME_WITHOUT_BRAND)
