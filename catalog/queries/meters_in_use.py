"""Which meters published prices charge by."""

from collections.abc import Collection, Iterator

from django.db.models import Q

from catalog.models import PriceVersion
from catalog.models.price import PriceKindChoice
from usage.models import Meter


def prices_of_meters(*, meters: Collection[Meter]) -> dict[int, str]:
    """
    Return, for those of these meters that are in use, the code of a published price of each.

    A price charges by its own meter; a bonus or malus by the one or two that it measures.
    """
    by_name = {(meter.legal_entity_id, meter.code): meter.pk for meter in meters}
    sellers = {meter.legal_entity_id for meter in meters}
    published = (
        PriceVersion.objects.exclude(published_at=None)
        .filter(
            Q(price__meter__in=[meter.pk for meter in meters])
            | Q(price__kind=PriceKindChoice.PERFORMANCE, price__legal_entity__in=sellers)
        )
        .order_by("price__code")
        .values_list(*("price__code", "price__meter", "price__legal_entity", "terms_keys__measure"))
        .distinct()
    )
    found: dict[int, str] = {}
    for code, meter, seller, measure in published:
        measured = [by_name.get((seller, name)) for name in _names(measure)]
        for used in (meter, *measured):
            if used is not None:
                found.setdefault(used, code)
    return found


def _names(measure: object) -> Iterator[str]:
    parts = measure.values() if isinstance(measure, dict) else [measure]
    yield from (part for part in parts if isinstance(part, str))
