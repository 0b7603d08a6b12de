"""Quantities of a contract as rows of its form."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import PlanPrice, Price, PriceVersion
from contracts.models import Contract, ContractQuantity
from tests import factories as make
from tests.admin_forms import errors_of, rows, save_form, send_form

pytestmark = pytest.mark.django_db


def held(*, activated: bool = False) -> Contract:
    return make.contract(make.acme(), activated=activated)


def address(contract: Contract) -> str:
    return reverse("admin:contracts_contract_change", args=[contract.pk])


def test_a_quantity_begins_on_a_day_of_the_customer(staff_client: Client) -> None:
    contract = held()

    save_form(
        staff_client,
        address(contract),
        **rows("quantities", {"name": "seats", "starts_at": "2024-11-01", "quantity": "5"}),
    )

    stored = ContractQuantity.objects.get()
    assert (stored.name, stored.quantity) == ("seats", Decimal(5))
    assert stored.starts_at == datetime(2024, 11, 1, 4, tzinfo=UTC)


def test_a_stored_quantity_comes_back_as_it_was_typed(staff_client: Client) -> None:
    contract = held()
    row = {"name": "seats", "starts_at": "2024-11-11", "quantity": "8.5"}
    save_form(staff_client, address(contract), **rows("quantities", row))

    save_form(staff_client, address(contract))

    page = staff_client.get(address(contract)).content.decode()
    assert 'value="2024-11-11"' in page
    assert 'value="8.5"' in page


def test_one_name_stands_once_on_a_day(staff_client: Client) -> None:
    row = {"name": "seats", "starts_at": "2024-11-01", "quantity": "5"}

    page = send_form(staff_client, address(held()), **rows("quantities", row, row))

    assert errors_of(page) != []
    assert not ContractQuantity.objects.exists()


def test_a_new_contract_takes_quantities_too(staff_client: Client) -> None:
    buyer, plan = make.acme(), make.ai_call_center()

    save_form(
        staff_client,
        reverse("admin:contracts_contract_add"),
        customer=buyer.pk, plan=plan.pk, starts_at="2024-11-01", anchor_date="2025-01-01",
        **rows("quantities", {"name": "lines", "starts_at": "2024-11-01", "quantity": "2"}),
    )  # fmt: skip

    contract = Contract.objects.get()
    assert str(contract.anchor_date) == "2025-01-01"
    assert contract.quantities.get().starts_at == datetime(2024, 11, 1, 4, tzinfo=UTC)


def test_names_that_the_plan_reads_are_offered(staff_client: Client) -> None:
    contract = held()
    seat = Price.objects.create(legal_entity=make.northwind(), code="desk-seat", kind="seat")
    PriceVersion.objects.create(price=seat, name="Seats", unit_price=Decimal(10))
    PlanPrice.objects.create(plan=contract.plan, price=seat)
    PriceVersion.objects.create(
        price=contract.plan.items.get(price__kind="usage").price,
        name="AI Calls", unit_price=Decimal(1),
        terms_keys={"included": {"quantity": "5", "per": "agents"}},
    )  # fmt: skip

    page = staff_client.get(address(contract)).content.decode()

    assert '<option value="agents"></option><option value="desk-seat"></option>' in page


def test_an_activated_contract_shows_its_quantities_to_read_only(staff_client: Client) -> None:
    contract = held()
    save_form(
        staff_client, address(contract),
        **rows("quantities", {"name": "seats", "starts_at": "2024-11-01", "quantity": "5"}),
    )  # fmt: skip
    save_form(staff_client, reverse("admin:contracts_contract_activate", args=[contract.pk]))

    page = staff_client.get(address(contract)).content.decode()

    assert "seats" in page
    assert 'name="quantities-0-quantity"' not in page
