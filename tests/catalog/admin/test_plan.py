"""A plan's commitment and the credit that it gives each period."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import PlanGrant
from tests import factories as make
from tests.admin_forms import errors_of, rows, save_form, send_form

pytestmark = pytest.mark.django_db


def address() -> str:
    return reverse("admin:catalog_plan_change", args=[make.ai_call_center().pk])


def test_a_commitment_has_a_tax_code(staff_client: Client) -> None:
    save_form(staff_client, address(), minimum_commitment="500", commitment_tax_code="SAAS")

    plan = make.ai_call_center()
    assert (plan.minimum_commitment, plan.commitment_tax_code) == (Decimal(500), "SAAS")


def test_grants_are_rows_of_money_or_units(staff_client: Client) -> None:
    save_form(
        staff_client,
        address(),
        **rows(
            "grants",
            {"code": "credits", "quantity": "10000", "unit": "credit", "kind": "prepaid",
             "expires_after_periods": "1", "priority": "50", "applies_to": ""},
            {"code": "welcome", "amount": "20.00", "kind": "promotional",
             "expires_after_periods": "3", "priority": "10", "applies_to": "usage,ai-call",
             "currency": "EUR"},
        ),
    )  # fmt: skip

    units, money = PlanGrant.objects.all()
    assert (units.code, units.quantity, units.unit) == ("credits", Decimal(10000), "credit")
    assert (money.amount, money.kind, money.applies_to) == (
        Decimal(20), "promotional", ["usage", "ai-call"],
    )  # fmt: skip
    assert (units.currency, money.currency) == ("", "EUR")


def test_a_stored_grant_comes_back_as_it_was_typed(staff_client: Client) -> None:
    PlanGrant.objects.create(
        plan=make.ai_call_center(), code="g", quantity=Decimal("0.5"), unit="credit"
    )

    save_form(staff_client, address())

    assert PlanGrant.objects.get().quantity == Decimal("0.5")
    assert 'value="0.5"' in staff_client.get(address()).content.decode()


def test_a_grant_is_money_or_units(staff_client: Client) -> None:
    row = {"code": "g", "amount": "1", "quantity": "1", "kind": "prepaid",
           "expires_after_periods": "1", "priority": "50"}  # fmt: skip

    page = send_form(staff_client, address(), **rows("grants", row))

    assert "Give an amount, or a quantity with its unit." in errors_of(page)
    assert not PlanGrant.objects.exists()


def test_an_amount_has_no_more_digits_than_its_currency(staff_client: Client) -> None:
    row = {"code": "g", "amount": "1.50", "currency": "JPY", "kind": "prepaid",
           "expires_after_periods": "1", "priority": "50"}  # fmt: skip

    page = send_form(staff_client, address(), **rows("grants", row))

    assert "has more digits than JPY has" in errors_of(page)
    assert not PlanGrant.objects.exists()
