"""What the pages of customers and contracts show to whom."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, User
from contracts.models import Contract
from invoicing.models import Invoice
from tests.factories import acme, acme_contract, basil, contract

CUSTOMER_TABLES = {
    "view_contract": "Contracts",
    "view_grant": "Wallet",
    "view_invoice": "Latest invoices",
    "view_subject": "Subjects: numbers, agents and locations that usage is sent about",
}
CONTRACT_TABLES = {
    "view_contractoverride": "Overrides of the plan's prices",
    "view_grant": "Wallet",
    "view_invoice": "Invoices",
}


@pytest.fixture
def held(db: None) -> Contract:
    return acme_contract(acme())


def _page(url: str, *codenames: str) -> str:
    user = User.objects.create_user("kim@northwind.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return unescape(client.get(url).content.decode())


def _shown(page: str, captions: dict[str, str]) -> list[str]:
    return [right for right, words in captions.items() if f"<caption>{words}</caption>" in page]


@pytest.mark.parametrize("right", ["view_customer", *CUSTOMER_TABLES])
def test_a_customers_tables_are_for_who_may_see_their_rows(held: Contract, right: str) -> None:
    url = reverse("admin:accounts_customer_change", args=[held.customer_id])

    page = _page(url, "view_customer", right)

    assert _shown(page, CUSTOMER_TABLES) == [each for each in CUSTOMER_TABLES if each == right]
    assert ("10,000.00 USD" in page) == (right == "view_grant")


@pytest.mark.parametrize("right", ["view_contract", *CONTRACT_TABLES])
def test_a_contracts_tables_are_for_who_may_see_their_rows(held: Contract, right: str) -> None:
    url = reverse("admin:contracts_contract_change", args=[held.pk])

    page = _page(url, "view_contract", right)

    assert _shown(page, CONTRACT_TABLES) == [each for each in CONTRACT_TABLES if each == right]


def test_the_list_shows_plan_and_credit_to_who_may_see_them(held: Contract) -> None:
    assert Customer.objects.count() == 1
    url = reverse("admin:accounts_customer_changelist")

    page = _page(url, "view_customer")

    assert "10,000.00 USD" not in page
    assert "field-plan" not in page


def test_the_latest_invoices_lead_to_all_of_the_customer(held: Contract) -> None:
    elsewhere = contract(basil(), plan=held.plan)
    page = _page(
        reverse("admin:accounts_customer_change", args=[held.customer_id]),
        "view_customer",
        "view_invoice",
    )
    [link] = re.findall(r'<a href="([^"]+)">All invoices of Acme Support Co</a>', page)
    clerk = Client()
    clerk.force_login(User.objects.get(email="kim@northwind.example"))

    listed = clerk.get(link).context["cl"].queryset

    assert {invoice.customer_id for invoice in listed} == {held.customer_id}
    assert Invoice.objects.filter(contract=elsewhere).exists()
