"""A price with all that is needed to try it out."""

from catalog.models import Price
from invoicing.rating.price import PriceTerms
from usage.metering.meter import Meter as MeterTerms
from usage.models import Meter


def price_to_test(*, price_id: int) -> Price:
    """
    Return a price with all that its terms read.

    :raises Price.DoesNotExist:
    """
    return (
        Price.objects.select_related("meter", "legal_entity")
        .prefetch_related(
            "versions__price__legal_entity",
            "versions__rate_card__meter",
            "versions__rate_card__versions__entries",
        )
        .get(pk=price_id)
    )


def meters_of(*, price: Price, terms: PriceTerms) -> dict[str, MeterTerms]:
    """Return the meters that a price counts or measures, by code; a query for measured ones."""
    if price.meter is not None:
        return {price.meter.code: price.meter.terms()}
    if not terms.meters:
        return {}
    found = Meter.objects.filter(legal_entity=price.legal_entity_id, code__in=terms.meters)
    return {row.code: row.terms() for row in found.order_by("code")}
