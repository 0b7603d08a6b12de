"""Products, rate cards, prices, plans."""

from catalog.models.call_rate import CallRate
from catalog.models.plan import BillingPeriod, Plan, PlanPrice
from catalog.models.plan_grant import PlanGrant, PlanGrantKind
from catalog.models.price import ModelChoice, Price, PriceKindChoice, PriceVersion, Section
from catalog.models.product import Product
from catalog.models.rate_card import OnUnmatched, RateCard, RateCardVersion, RateEntry

__all__ = [
    "BillingPeriod",
    "CallRate",
    "ModelChoice",
    "OnUnmatched",
    "Plan",
    "PlanGrant",
    "PlanGrantKind",
    "PlanPrice",
    "Price",
    "PriceKindChoice",
    "PriceVersion",
    "Product",
    "RateCard",
    "RateCardVersion",
    "RateEntry",
    "Section",
]
