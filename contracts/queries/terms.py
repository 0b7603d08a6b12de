"""What a contract agreed to, as the engines know it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from django.db.models import Prefetch, QuerySet

from catalog.models import PlanPrice
from contracts.models import Contract
from invoicing.assembly.terms import ContractTerms
from invoicing.rating.overrides import PriceOverride, overridden
from invoicing.rating.price import PerUnit, PriceTerms
from invoicing.rating.versions import InForce
from values.money import Rounding

Version = TypeVar("Version", bound=InForce)


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


def contract_terms(
    contract: Contract, *, as_if: Callable[[PriceTerms], PriceTerms] = lambda price: price
) -> ContractTerms:
    """
    Return the prices of the contract's plan with its overrides laid over them.

    `as_if` changes a price before that, to ask what another one would do.

    :raises InvalidTerms: when an override does not fit its price.
    """
    overrides = {override.price_id: override.terms() for override in contract.overrides.all()}
    prices = []
    meters = {}
    for item in contract.plan.items.all():
        price = as_if(item.price.terms())
        if item.price_id in overrides:
            price = agreed_price(price, overrides[item.price_id], contract=contract)
        prices.append(price)
        meters[item.price.meter.code] = item.price.meter.terms()
    return ContractTerms(
        currency=contract.plan.currency,
        prices=tuple(prices),
        meters=meters,
        rounding=Rounding(contract.customer.legal_entity.invoice_rounding),
    )


def agreed_price(price: PriceTerms, override: PriceOverride, *, contract: Contract) -> PriceTerms:
    """
    Return what the contract agreed on, in the versions that are in force in its time.

    Other versions are left out: what the book says before and after is no part of it.

    :raises InvalidTerms: when the override does not fit one of them.
    """
    versions = tuple(
        replace(version, model=_in_time_of(contract, version.model))
        for version in _meeting(contract, price.versions)
    )
    return overridden(replace(price, versions=versions), override) if versions else price


def _in_time_of(contract: Contract, model: PerUnit) -> PerUnit:
    card = model.rate_card
    if card is None:
        return model
    return replace(model, rate_card=replace(card, versions=_meeting(contract, card.versions)))


def _meeting(contract: Contract, versions: tuple[Version, ...]) -> tuple[Version, ...]:
    starts, ends = contract.starts_at, contract.ends_at
    return tuple(
        version
        for version in versions
        if (version.effective_to is None or starts < version.effective_to)
        and (version.effective_from is None or ends is None or version.effective_from < ends)
    )


def meter_ids(contract: Contract) -> dict[str, int]:
    """Return the ids of the meters that the contract prices, by code."""
    return {item.price.meter.code: item.price.meter_id for item in contract.plan.items.all()}
