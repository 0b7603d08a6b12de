"""The form of what a contract agrees otherwise of a price."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import CallRate, PlanPrice, Price, PriceVersion, RateCard
from contracts.models import Contract, ContractOverride
from contracts.queries.terms import contract_terms, with_terms
from tests import factories as make
from tests.admin_forms import errors_of, rows, save_form, send_form

pytestmark = pytest.mark.django_db


def priced(kind: str = "usage", *, model: str = "per_unit", **columns: Any) -> Price:
    """Return a price that is published, alone in Acme's plan."""
    meter = make.ai_call_meter() if kind in ("usage", "call") else None
    price = Price.objects.create(
        legal_entity=make.northwind(), code="the-price", kind=kind, meter=meter
    )
    version = PriceVersion.objects.create(price=price, name="The price", model=model, **columns)
    if kind == "call":
        CallRate.objects.create(version=version, prefix="1", rate_per_minute=Decimal("0.01"))
        CallRate.objects.create(version=version, prefix="44", rate_per_minute=Decimal("0.02"))
    version.published_at = make.NOW
    version.save()
    return price


def contract_on(price: Price) -> Contract:
    contract = make.contract(make.acme(), activated=False)
    contract.plan.items.all().delete()
    PlanPrice.objects.create(plan=contract.plan, price=price)
    return contract


def address(contract: Contract, price: Price, more: str = "") -> str:
    add = reverse("admin:contracts_contractoverride_add")
    return f"{add}?contract={contract.pk}&price={price.pk}{more}"


def agreed(contract: Contract) -> Any:
    """Return the one version of the price as the contract has it."""
    (price,) = contract_terms(with_terms(Contract.objects.filter(pk=contract.pk)).get()).prices
    return price.versions[0]


GRADUATED = {"tiers": [{"up_to": "10", "unit_price": "1"}, {"up_to": None, "unit_price": "0.5"}]}


def test_an_empty_form_is_answered_with_what_is_missing(staff_client: Client) -> None:
    page = staff_client.post(reverse("admin:contracts_contractoverride_add"), {})

    assert page.status_code == 200
    assert "This field is required." in " ".join(errors_of(page))


def test_tiers_are_agreed_otherwise(staff_client: Client) -> None:
    price = priced(model="graduated", terms_keys=GRADUATED)
    contract = contract_on(price)

    save_form(
        staff_client,
        address(contract, price),
        **rows("tiers", {"up_to": "20", "unit_price": "0.9"}, {"unit_price": "0.4"}),
    )

    assert ContractOverride.objects.get().terms_keys == {
        "tiers": [{"up_to": "20", "unit_price": "0.9"}, {"unit_price": "0.4"}]
    }
    assert [tier.rate for tier in agreed(contract).model.tiers] == [Decimal("0.9"), Decimal("0.4")]


def test_what_is_left_empty_stays_as_the_price_says(staff_client: Client) -> None:
    price = priced("recurring", model="", terms_keys={"amount": "99", "timing": "arrears"})
    contract = contract_on(price)

    save_form(staff_client, address(contract, price), amount="80")

    assert ContractOverride.objects.get().terms_keys == {"amount": "80"}
    model = agreed(contract).model
    assert (model.amount, model.timing) == (Decimal(80), "arrears")


def test_the_usual_word_may_be_agreed_too(staff_client: Client) -> None:
    price = priced("recurring", model="", terms_keys={"amount": "99", "timing": "arrears"})
    contract = contract_on(price)

    save_form(staff_client, address(contract, price), timing="advance")

    assert agreed(contract).model.timing == "advance"


def test_an_allowance_is_taken_away(staff_client: Client) -> None:
    price = priced(unit_price=Decimal(1), terms_keys={"included": {"quantity": "5"}})
    contract = contract_on(price)

    save_form(staff_client, address(contract, price), taken_away=["included"])

    assert ContractOverride.objects.get().terms_keys == {"included": None}
    assert agreed(contract).included is None


def test_another_model_is_agreed(staff_client: Client) -> None:
    price = priced(unit_price=Decimal(1))
    contract = contract_on(price)

    save_form(
        staff_client,
        address(contract, price, "&model=package"),
        package_size="100", package_price="50",
    )  # fmt: skip

    assert agreed(contract).model.package_size == Decimal(100)
    assert ContractOverride.objects.get().terms_keys["model"] == "package"


def test_another_rate_card_is_agreed(staff_client: Client) -> None:
    contract = make.contract(make.acme(), activated=False)
    own = contract.plan.items.get().price
    other = RateCard.objects.create(
        legal_entity=make.northwind(), code="special", meter=make.ai_call_meter()
    )

    save_form(staff_client, address(contract, own), rate_card=other.pk, fallback_rate="0.10")

    assert agreed(contract).model.rate_card.code == "special"


def test_a_flag_is_agreed_either_way(staff_client: Client) -> None:
    price = priced(model="graduated", terms_keys={**GRADUATED, "flat_fee_at_zero": True})
    contract = contract_on(price)

    save_form(staff_client, address(contract, price), flat_fee_at_zero="no")

    assert agreed(contract).model.flat_fee_at_zero is False


def test_rates_of_calls_are_agreed(staff_client: Client) -> None:
    price = priced("call", model="")
    contract = contract_on(price)

    save_form(
        staff_client,
        address(contract, price),
        **rows("rates", {"prefix": "44", "rate_per_minute": "0.015"}),
    )

    rates = {rate.prefix: rate.rate_per_minute for rate in agreed(contract).model.rates}
    assert rates == {"1": Decimal("0.01"), "44": Decimal("0.015")}


def test_days_of_a_bundle_are_those_of_the_customer(staff_client: Client) -> None:
    price = priced("call", model="")
    contract = contract_on(price)
    bundle = {"code": "b", "seconds": "60", "effective_from": "2024-12-01"}

    save_form(staff_client, address(contract, price), **rows("bundles", bundle))

    (stored,) = ContractOverride.objects.get().terms_keys["bundles"]
    assert stored["effective_from"] == "2024-12-01T05:00:00Z"


def test_a_problem_stands_at_its_box(staff_client: Client) -> None:
    price = priced(model="graduated", terms_keys=GRADUATED)
    typed = rows("tiers", {"up_to": "20", "unit_price": "x"}, {"unit_price": "0.4"})

    page = send_form(staff_client, address(contract_on(price), price), **typed)

    assert page.context["adminform"].form.errors["tiers"] == [
        "Tier 1, price per unit: 'x' is not a number such as 12 or 0.25"
    ]
    assert not ContractOverride.objects.exists()


def test_a_form_shows_what_it_stored(staff_client: Client) -> None:
    price = priced("performance", model="", terms_keys={
        "measure": "AI_CALL", "of": ["x"], "bands": [{"up_to": None, "percent": "5"}],
    })  # fmt: skip
    contract = contract_on(price)
    save_form(staff_client, address(contract, price), of="x, y")
    made = ContractOverride.objects.get()

    save_form(staff_client, reverse("admin:contracts_contractoverride_change", args=[made.pk]))

    made.refresh_from_db()
    assert made.terms_keys == {"of": ["x", "y"]}


def test_an_activated_override_is_shown_in_words(staff_client: Client) -> None:
    price = priced("recurring", model="", terms_keys={"amount": "99"})
    contract = contract_on(price)
    save_form(staff_client, address(contract, price), amount="80")
    save_form(staff_client, reverse("admin:contracts_contract_activate", args=[contract.pk]))
    made = ContractOverride.objects.get()

    url = reverse("admin:contracts_contractoverride_change", args=[made.pk])
    page = staff_client.get(url).content.decode()

    assert "Agreed otherwise" in page
    assert ">80.00<" in page
    assert 'name="amount"' not in page
