"""The names of quantities that a plan reads."""

from catalog.models import PriceVersion
from catalog.models.price import PriceKindChoice


def quantity_names(*, plan_id: int) -> tuple[str, ...]:
    """Return the codes of the plan's seat prices and the names that its allowances multiply by."""
    versions = PriceVersion.objects.filter(price__plan_items__plan=plan_id).values_list(
        "price__code", "price__kind", "terms_keys"
    )
    names = set()
    for code, kind, keys in versions:
        if kind == PriceKindChoice.SEAT:
            names.add(code)
        per = (keys.get("included") or {}).get("per")
        if per:
            names.add(per)
    return tuple(sorted(names))
