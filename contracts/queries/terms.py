"""What a contract agreed to, as the engines know it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from catalog.models import Plan, PlanPrice, PriceVersion
from contracts.models import Contract
from invoicing.assembly.terms import ContractTerms, DatedQuantity, MinimumCommitment
from invoicing.rating.overrides import PriceOverride, overridden
from invoicing.rating.price import Model, PriceTerms
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.versions import InForce
from usage.models import Meter
from values.money import Rounding

Version = TypeVar("Version", bound=InForce)


def with_terms(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Return the contracts with all that `contract_terms` reads, in constant queries."""
    return contracts.select_related(
        "plan", "customer__legal_entity", "customer__brand", "customer__test_clock"
    ).prefetch_related(_priced_items(), "overrides__price", *_AGREED)


def complete_terms(contract: Contract) -> None:
    """
    Read what `contract_terms` needs of a contract that is loaded, in constant queries.

    What is there already (its plan, its customer, the customer's seller) is not read again.
    """
    prefetch_related_objects([contract], "customer__legal_entity", _priced_items(), *_AGREED)


_AGREED = ("overrides__entries", "quantities")


def _priced_items() -> Prefetch:
    versions = PriceVersion.objects.select_related("rate_card__meter").prefetch_related(
        "rate_card__versions__entries"
    )
    items = PlanPrice.objects.select_related(
        "price__meter", "price__legal_entity"
    ).prefetch_related(Prefetch("price__versions", queryset=versions))
    return Prefetch("plan__items", queryset=items)


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
    for item in contract.plan.items.all():
        price = as_if(item.price.terms())
        if item.price_id in overrides:
            price = agreed_price(price, overrides[item.price_id], contract=contract)
        prices.append(price)
    return ContractTerms(
        currency=contract.plan.currency,
        prices=tuple(prices),
        meters={code: meter.terms() for code, meter in contract_meters(contract).items()},
        rounding=Rounding(contract.customer.legal_entity.invoice_rounding),
        zone=contract.customer.timezone,
        starts_at=contract.starts_at,
        quantities=_quantities(contract),
        commitments=plan_commitments(contract.plan),
        calendar=contract.calendar(),
    )


def plan_commitments(plan: Plan) -> tuple[MinimumCommitment, ...]:
    """Return what all prices of the plan come to at least, none where it does not say."""
    if plan.minimum_commitment is None:
        return ()
    return (MinimumCommitment(plan.minimum_commitment, plan.commitment_tax_code or None),)


def _quantities(contract: Contract) -> dict[str, tuple[DatedQuantity, ...]]:
    found: dict[str, list[DatedQuantity]] = {}
    for row in contract.quantities.all():
        found.setdefault(row.name, []).append(DatedQuantity(row.starts_at, row.quantity))
    return {
        name: tuple(sorted(dated, key=lambda each: each.starts_at)) for name, dated in found.items()
    }


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


def _in_time_of(contract: Contract, model: Model) -> Model:
    card = model.rate_card if isinstance(model, PerUnit) else None
    if card is None or not isinstance(model, PerUnit):
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
    """Return the ids of the meters that the contract's prices look at, by code."""
    return {code: meter.pk for code, meter in contract_meters(contract).items()}


def contract_meters(contract: Contract) -> dict[str, Meter]:
    """Return the meters that the contract's prices look at, by code."""
    return plan_meters(contract.plan)


def plan_meters(plan: Plan) -> dict[str, Meter]:
    """
    Return the meters that the plan's prices count or measure, by code, in the plan's order.

    One further query where a price measures a meter that none of them counts.
    """
    counted = {
        item.price.meter.code: item.price.meter
        for item in plan.items.all()
        if item.price.meter is not None
    }
    wanted = {
        code
        for item in plan.items.all()
        if item.price.meter is None
        for code in item.price.terms().meters
    }
    missing = wanted.difference(counted)
    if missing:
        found = Meter.objects.filter(legal_entity_id=plan.legal_entity_id, code__in=missing)
        counted |= {meter.code: meter for meter in found.order_by("code")}
    return counted


def priced_meter_ids(contract: Contract) -> dict[str, int]:
    """Return the ids of the meters whose usage the contract's prices bill, by code."""
    return {
        item.price.meter.code: item.price.meter.pk
        for item in contract.plan.items.all()
        if item.price.meter is not None
    }
