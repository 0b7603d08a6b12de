"""The currency of a price's rates: that of the plans which list it."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from catalog.models import PlanPrice, Price, PriceVersion


def with_plan_currencies(versions: QuerySet[PriceVersion]) -> QuerySet[PriceVersion]:
    """Return the versions with `plan_currencies`, in the same query."""
    of_plans = PlanPrice.objects.filter(price=OuterRef("price")).order_by("plan__currency")
    return versions.annotate(
        plan_currencies=ArraySubquery(of_plans.values("plan__currency").distinct())
    )


def currency_words(*, plans: Iterable[str], seller: str) -> str:
    """
    Return ``USD``, or ``EUR or USD`` for a price in plans of both.

    `plans` are the currencies of its plans; one that is in no plan yet has the seller's.
    """
    return " or ".join(plans) or seller


def drawn_currency(*, price: Price) -> str:
    """Return the one currency of a picture of the price: of its plans, else the seller's."""
    of_plans = price.plan_items.order_by("plan__currency").values_list("plan__currency", flat=True)
    return of_plans.first() or price.legal_entity.currency
