"""What a contract agreed to, as the engines know it."""

from django.db.models import Prefetch, QuerySet

from catalog.models import PlanPrice
from contracts.models import Contract
from invoicing.assembly.terms import ContractTerms
from invoicing.rating.overrides import overridden
from values.money import Rounding


def with_terms(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Return the contracts with all that `contract_terms` reads, in constant queries."""
    items = PlanPrice.objects.select_related("price__meter").prefetch_related(
        "price__versions__rate_card__meter", "price__versions__rate_card__versions__entries"
    )
    return contracts.select_related(
        "plan", "customer__legal_entity", "customer__brand", "customer__test_clock"
    ).prefetch_related(
        Prefetch("plan__items", queryset=items), "overrides__price", "overrides__entries"
    )


def contract_terms(contract: Contract) -> ContractTerms:
    """
    Return the prices of the contract's plan with its overrides laid over them.

    :raises InvalidTerms: when an override does not fit its price.
    """
    overrides = {override.price_id: override.terms() for override in contract.overrides.all()}
    prices = []
    meters = {}
    for item in contract.plan.items.all():
        price = item.price.terms()
        if item.price_id in overrides:
            price = overridden(price, overrides[item.price_id])
        prices.append(price)
        meters[item.price.meter.code] = item.price.meter.terms()
    return ContractTerms(
        currency=contract.plan.currency,
        prices=tuple(prices),
        meters=meters,
        rounding=Rounding(contract.customer.legal_entity.invoice_rounding),
    )


def meter_ids(contract: Contract) -> dict[str, int]:
    """Return the ids of the meters that the contract prices, by code."""
    return {item.price.meter.code: item.price.meter_id for item in contract.plan.items.all()}
