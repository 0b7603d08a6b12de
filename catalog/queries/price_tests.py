"""What a price would charge: dimensions and a quantity at a time, with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.models import Price
from invoicing.rating.charge import Charge
from invoicing.rating.lines import Rated
from invoicing.rating.per_unit import rate_per_unit
from invoicing.rating.price import PriceTerms
from invoicing.rating.versions import version_at
from usage.metering.meter import Meter
from usage.metering.quantity import Quantity
from values.money import Rounding
from values.period import Period


@dataclass(frozen=True, slots=True)
class PriceTest:
    """What was asked: one quantity of one combination at one instant, in one currency."""

    dimensions: Mapping[str, str]
    quantity: Decimal
    at: datetime
    currency: str
    rounding: Rounding


def price_test(*, price: PriceTerms, meter: Meter, test: PriceTest) -> Rated | None:
    """Return the line, or why there is none; None where no version is in force at that time."""
    version = version_at(price.versions, test.at)
    if version is None:
        return None
    instant = Period(test.at, test.at + timedelta(microseconds=1))
    charge = Charge(price, version, meter, instant, test.currency, test.rounding)
    asked = Quantity(tuple(sorted(test.dimensions.items())), instant, test.quantity, 1)
    return rate_per_unit(charge, version.model, [asked])


def price_to_test(*, price_id: int) -> Price:
    """
    Return a price with all that its terms read.

    :raises Price.DoesNotExist:
    """
    return (
        Price.objects.select_related("meter", "legal_entity")
        .prefetch_related("versions__rate_card__meter", "versions__rate_card__versions__entries")
        .get(pk=price_id)
    )
