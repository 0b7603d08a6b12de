"""Grants and wallets in the admin."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from invoicing.models import Grant, JournalEntry
from invoicing.operations.refresh_customer import refresh_customer
from tests.admin_forms import errors_of, send_form
from tests.factories import (
    NOW,
    accepted,
    acme,
    acme_contract,
    basil,
    contract,
    grant,
    partner,
    six_bodies,
    source,
)


def _add(client: Client, customer_id: int, **values: Any) -> Any:
    fields = {
        "code": "pack", "granted": "100.00", "currency": "USD", "effective_from": "2024-11-01",
    }  # fmt: skip
    url = f"{reverse('admin:invoicing_grant_add')}?customer={customer_id}"
    return send_form(client, url, **{**fields, **values})


def test_credit_is_granted_in_wallet_and_journal(staff_client: Client) -> None:
    buyer = acme()

    page = _add(staff_client, buyer.pk, paid="90.00", expires_at="2026-10-31")

    assert errors_of(page) == []
    made = Grant.objects.get()
    assert made.amount.amount == Decimal(100)
    assert made.paid_amount.amount == Decimal(90)
    assert made.expires_at == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert JournalEntry.objects.get().grant == made
    shown = staff_client.get(reverse("admin:accounts_customer_change", args=[buyer.pk]))
    assert "Oct 31, 2026" in shown.content.decode()
    assert "100.00 USD" in shown.content.decode()


@pytest.mark.parametrize(
    "values, words",
    [
        ({"granted": "ten"}, "is not a number such as 12 or 0.25"),
        ({"granted": "1e3"}, "is not a number such as 12 or 0.25"),
        ({"granted": "0.001"}, "amount: has more digits than USD has"),
        ({"granted": "0"}, "A grant is an amount, or a quantity with its unit."),
        ({"granted": ""}, "Write an amount of money, or a quantity with its unit."),
        ({"quantity": "5"}, "Write an amount of money, or a quantity with its unit."),
        ({"unit": "minute"}, "An amount of money has no unit."),
        ({"granted": "", "quantity": "5"}, "Units are counted in one of"),
        ({"granted": "", "quantity": "5", "unit": "credits"}, "No line is counted in 'credits'"),
        ({"granted": "", "quantity": "0", "unit": "second"}, "A grant is of more than nothing."),
        ({"granted": "-5"}, "amount: must not be negative"),
        ({"expires_at": "2024-01-01"}, "A grant expires after it takes effect."),
        ({"paid": "-1"}, "grant paid amount not negative"),
    ],
)
def test_credit_that_cannot_be_is_refused(
    staff_client: Client, values: dict[str, str], words: str
) -> None:
    page = _add(staff_client, acme().pk, **values)

    assert words in " ".join(errors_of(page))
    assert not Grant.objects.exists()


def test_units_are_granted_without_worth_in_the_books(staff_client: Client) -> None:
    buyer = acme()

    page = _add(staff_client, buyer.pk, granted="", quantity="500", unit="second")

    assert errors_of(page) == []
    made = Grant.objects.get()
    assert (made.quantity, made.unit, made.amount.amount) == (Decimal(500), "second", Decimal(0))
    assert not JournalEntry.objects.exists()
    shown = staff_client.get(reverse("admin:invoicing_grant_changelist"))
    assert "500 seconds" in shown.content.decode()


def test_a_code_is_taken_once(staff_client: Client) -> None:
    buyer = acme()
    _add(staff_client, buyer.pk)

    page = _add(staff_client, buyer.pk)

    assert errors_of(page) == ["There is another grant with the same customer and code."]


def test_a_contract_of_another_customer_is_refused(staff_client: Client) -> None:
    foreign = contract(basil())

    page = _add(staff_client, acme().pk, contract=foreign.pk)

    assert errors_of(page) == ["This contract is of Basil's Bakery."]


def test_a_grant_is_never_edited(staff_client: Client) -> None:
    held = grant(acme())
    url = reverse("admin:invoicing_grant_change", args=[held.pk])

    assert staff_client.get(url).status_code == 200
    assert staff_client.post(url, {}).status_code == 403


def test_a_clerk_grants_nothing(clerk_client: Client) -> None:
    acme()

    assert clerk_client.get(reverse("admin:invoicing_grant_add")).status_code == 403


def test_the_wallet_shows_posted_pending_and_left(clerk_client: Client) -> None:
    buyer = acme()
    held = acme_contract(buyer).grants.get()
    accepted(source(partner(buyer)), six_bodies())
    refresh_customer(customer_id=buyer.pk, now=NOW)

    page = clerk_client.get(reverse("admin:invoicing_grant_change", args=[held.pk]))
    listed = clerk_client.get(reverse("admin:invoicing_grant_changelist")).content.decode()

    assert "21.35 USD" in page.content.decode()
    assert "granted" in page.content.decode()
    assert "9,978.65 USD" in listed


@pytest.mark.parametrize("balance, count", [("left", 1), ("low", 0), ("used", 0), ("expired", 0)])
def test_grants_are_filtered_by_balance(clerk_client: Client, balance: str, count: int) -> None:
    grant(acme())

    page = clerk_client.get(reverse("admin:invoicing_grant_changelist"), {"balance": balance})

    assert page.context["cl"].result_count == count
