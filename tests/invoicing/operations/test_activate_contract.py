"""Activation fixes the terms, or says everything that is wrong with them."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from catalog.models import PriceVersion, RateEntry
from contracts.models import Contract, ContractMeter, ContractOverride, OverrideEntry
from invoicing.models import Invoice
from invoicing.operations.activate_contract import AlreadyActivated, activate_contract
from tests import factories as make
from tests.at_once import errors_at_once
from tests.invoicing.agreements import dollar_a_minute, single_price_plan, unit_priced
from values.problems import InvalidTerms

pytestmark = pytest.mark.django_db


def activated(contract: Contract) -> Contract:
    return activate_contract(contract=contract, now=make.NOW)


def words(contract: Contract) -> list[str]:
    """Return why the contract cannot be activated."""
    with pytest.raises(InvalidTerms) as refusal:
        activated(contract)
    return [problem.text() for problem in refusal.value.problems]


def test_a_contract_is_activated_once() -> None:
    contract = make.contract(make.basil())

    with pytest.raises(AlreadyActivated):
        activated(contract)

    assert contract.activated_at == make.NOW


def test_the_meters_of_the_plan_are_claimed_for_the_contracts_time() -> None:
    contract = make.contract(make.basil())

    claim = ContractMeter.objects.get()
    assert (claim.customer, claim.meter) == (contract.customer, make.ai_call_meter())
    assert (claim.starts_at, claim.ends_at) == (contract.starts_at, contract.ends_at)


def test_an_overlapping_contract_is_refused_by_the_name_of_the_other() -> None:
    basil = make.basil()
    plan = dollar_a_minute()
    make.contract(basil, plan=plan, start=date(2022, 1, 1), end=date(2023, 1, 1))
    other = make.contract(basil, plan=plan, start=date(2023, 1, 1), end=date(2025, 1, 1))
    make.contract(basil, plan=plan, start=date(2026, 1, 1), end=None)

    draft = make.contract(
        basil, plan=plan, start=date(2024, 12, 31), end=date(2025, 12, 1), activated=False
    )

    (problem,) = words(draft)
    assert problem == (
        f"contract {other.public_id} of this customer prices meter 'AI_CALL' "
        "in a part of the same time"
    )
    assert not Invoice.objects.filter(contract=draft).exists()


def test_a_contract_may_follow_another_at_the_same_instant() -> None:
    basil = make.basil()
    plan = dollar_a_minute()
    make.contract(basil, plan=plan, start=date(2024, 1, 1), end=date(2025, 1, 1))

    follower = make.contract(basil, plan=plan, start=date(2025, 1, 1), end=None)

    assert follower.activated_at == make.NOW


@pytest.mark.usefixtures("committed")
def test_of_two_overlapping_contracts_activated_at_once_one_is_refused() -> None:
    basil = make.basil()
    plan = dollar_a_minute()
    drafts = [make.contract(basil, plan=plan, activated=False) for _ in range(2)]

    errors = errors_at_once(*(partial(activated, draft) for draft in drafts))

    assert sorted(type(error).__name__ for error in errors) == ["InvalidTerms", "NoneType"]
    assert ContractMeter.objects.count() == 1


def test_a_plan_without_prices_is_refused() -> None:
    plan = dollar_a_minute()
    plan.items.all().delete()

    assert words(make.contract(make.basil(), plan=plan, activated=False)) == [
        "plan.prices: the plan has no prices"
    ]


def test_a_price_without_a_published_version_is_refused() -> None:
    plan = dollar_a_minute()
    version = PriceVersion.objects.get()
    price = unit_priced("other", Decimal(1))
    plan.items.update(price=price)
    assert version.price != price
    draft = make.Price.objects.create(
        legal_entity=make.northwind(), code="draft", meter=make.ai_call_meter()
    )
    PriceVersion.objects.create(price=draft, name="Draft", unit_price=Decimal(1))
    plan.items.update(price=draft)

    assert words(make.contract(make.basil(), plan=plan, activated=False)) == [
        "plan.prices.draft: no version of the price is published"
    ]


def test_a_plan_of_another_seller_is_refused() -> None:
    other = make.northwind(code="southwind", invoice_prefix="SW")
    stranger = make.customer("stranger", "Stranger Ltd", legal_entity=other)

    assert words(make.contract(stranger, plan=dollar_a_minute(), activated=False)) == [
        "plan: is of another legal entity than the customer"
    ]


def test_an_override_of_a_price_that_the_plan_lacks_is_refused() -> None:
    draft = make.contract(make.basil(), plan=dollar_a_minute(), activated=False)
    ContractOverride.objects.create(
        contract=draft, price=unit_priced("other", Decimal(1)), unit_price=Decimal(2)
    )

    assert words(draft) == ["overrides.other: is no price of the plan"]


def test_an_override_that_ties_with_the_card_is_refused() -> None:
    draft = make.contract(make.basil(), activated=False)
    override = ContractOverride.objects.create(contract=draft, price=draft.plan.items.get().price)
    OverrideEntry.objects.create(override=override, match={"region": "US"}, rate=Decimal(1))
    OverrideEntry.objects.create(
        override=override, match={"call_outcome": "resolved"}, rate=Decimal(2)
    )

    (problem,) = words(draft)
    assert "entries" in problem


def test_rates_may_look_at_more_than_the_group_keys() -> None:
    card = make.ai_call_rates(published=False)
    version = card.versions.get()
    RateEntry.objects.create(version=version, match={"language": "fr"}, rate=Decimal(1), priority=1)
    version.published_at = make.NOW
    version.save()
    plan = single_price_plan("by-language", unit_price=Decimal(1))
    price = make.Price.objects.create(
        legal_entity=make.northwind(), code="by-card", meter=make.ai_call_meter()
    )
    PriceVersion.objects.create(
        price=price, name="By card", rate_card=card, fallback_rate=Decimal(1),
        published_at=make.NOW,
    )  # fmt: skip
    plan.items.update(price=price)

    activated = make.contract(make.basil(), plan=plan)

    assert activated.activated_at is not None
