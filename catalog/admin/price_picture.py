"""The picture of what a price costs by quantity, and where more usage is cheaper."""

from dataclasses import dataclass

from catalog.documents.price_curve import Drawn, dip_warnings, price_curve
from catalog.models import Price
from catalog.queries.price_currencies import drawn_currency
from charts.cost_curve_shapes import CostCurve
from invoicing.rating.cost_curve import Curved, has_curve
from invoicing.rating.price import PriceVersion
from invoicing.rating.terms.fixed import Seat


@dataclass(frozen=True, slots=True)
class Picture:
    """A curve and the sentences beside it."""

    curve: CostCurve
    warnings: tuple[str, ...]


def price_picture(terms: PriceVersion | None, price: Price | None) -> Picture | None:
    """Return the picture of a version, None where it has none."""
    if terms is None or price is None:
        return None
    model = terms.model.model if isinstance(terms.model, Seat) else terms.model
    if not isinstance(model, Curved) or not has_curve(model):
        return None
    unit = "seat" if isinstance(terms.model, Seat) else _unit(price)
    currency = drawn_currency(price=price)
    return Picture(
        curve=price_curve(drawn=[Drawn("This version", model)], unit=unit, currency=currency),
        warnings=dip_warnings(model, unit=unit, currency=currency),
    )


def _unit(price: Price) -> str:
    if price.meter is None:
        return ""
    conversion = price.meter.unit_conversion or {}
    return str(conversion.get("label") or price.meter.unit)
