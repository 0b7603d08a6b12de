"""Under which name a partner is spoken to: it has customers of a brand, and none of its own."""

from accounts.models import Brand, Partner
from accounts.queries.brand_at import brand_at


def partner_brand(*, partner: Partner) -> Brand:
    """Return the first brand (by code) of the partner's customers, else the first there is."""
    brands = Brand.objects.select_related("legal_entity").filter(customers__partners=partner)
    return brands.order_by("code").first() or brand_at(host="")
