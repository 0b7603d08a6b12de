"""Products, rate cards, prices, plans."""

from catalog.models.plan import BillingPeriod, Plan, PlanPrice
from catalog.models.price import Price, PriceVersion, Section
from catalog.models.product import Product
from catalog.models.rate_card import OnUnmatched, RateCard, RateCardVersion, RateEntry

__all__ = [
    "BillingPeriod",
    "OnUnmatched",
    "Plan",
    "PlanPrice",
    "Price",
    "PriceVersion",
    "Product",
    "RateCard",
    "RateCardVersion",
    "RateEntry",
    "Section",
]
