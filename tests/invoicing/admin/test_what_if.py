"""What if: the page of a contract that compares its last period."""

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Plan, PlanPrice, Price, PriceVersion
from contracts.models import Contract
from tests import factories as make
from tests.factories import NOW
from tests.invoicing.queries.test_what_if import DECEMBER_10

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> Contract:
    buyer = make.acme(clock_at=DECEMBER_10)
    made = make.acme_contract(buyer)
    make.accepted(make.source(make.partner(buyer)), make.six_bodies())
    plan = Plan.objects.create(legal_entity=make.northwind(), code="flat", name="Flat")
    price = Price.objects.create(
        legal_entity=plan.legal_entity, code="minutes", meter=make.ai_call_meter()
    )
    PriceVersion.objects.create(price=price, name="Minutes", unit_price="0.50", published_at=NOW)
    PlanPrice.objects.create(plan=plan, price=price)
    return made


def _page(client: Client, held: Contract, **query: Any) -> str:
    answer = client.get(reverse("admin:contracts_contract_what_if", args=[held.pk]), query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_lines_stand_side_by_side_with_their_difference(
    clerk_client: Client, held: Contract
) -> None:
    plan = Plan.objects.get(code="flat")

    page = _page(clerk_client, held, against=f"plan-{plan.pk}")

    for words in ("21.35 USD", "25.00 USD", "+3.65 USD", "Nov 1, 2024 to Nov 30, 2024"):
        assert words in page, words
    assert "13 minutes × $0.50 = $6.50" in page


def test_the_contract_leads_there(clerk_client: Client, held: Contract) -> None:
    url = reverse("admin:contracts_contract_change", args=[held.pk])

    page = clerk_client.get(url).content.decode()

    assert reverse("admin:contracts_contract_what_if", args=[held.pk]) in page


def test_something_else_is_not_compared(clerk_client: Client, held: Contract) -> None:
    assert "that one is not among them" in _page(clerk_client, held, against="plan-99999")
    assert "line by line" not in _page(clerk_client, held)


def test_who_may_not_see_invoices_may_not_compare_them(held: Contract) -> None:
    seller = User.objects.create_user("pia@northwind.example", is_staff=True)
    seller.user_permissions.set(Permission.objects.filter(codename="view_contract"))
    client = Client()
    client.force_login(seller)

    url = reverse("admin:contracts_contract_what_if", args=[held.pk])

    assert client.get(url).status_code == 403


def test_the_page_asks_few_queries(
    clerk_client: Client, held: Contract, django_assert_max_num_queries: Any
) -> None:
    url = reverse("admin:contracts_contract_what_if", args=[held.pk])
    plan = Plan.objects.get(code="flat")

    with django_assert_max_num_queries(30):
        clerk_client.get(url, {"against": f"plan-{plan.pk}"})
