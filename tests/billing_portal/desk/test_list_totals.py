"""Sums above lists, and what empty lists say."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import Customer
from invoicing.models import Invoice
from tests import factories as make

INVOICES = reverse("admin:invoicing_invoice_changelist")


def invoice(buyer: Customer, total: str, *, currency: str = "USD", credit: str = "0") -> None:
    held = buyer.contracts.first() or make.contract(buyer, activated=False)
    number = Invoice.objects.count()
    Invoice.objects.create(
        customer=buyer, contract=held, legal_entity=buyer.legal_entity, brand=buyer.brand,
        period_start=make.NOVEMBER_1.replace(day=number + 1),
        period_end=make.NOVEMBER_1.replace(day=number + 2), closes_at=make.NOVEMBER_20,
        currency=currency, total=Decimal(total), credits_applied=Decimal(credit),
        amount_due=Decimal(total) - Decimal(credit),
    )  # fmt: skip


def totals(page: Any) -> list[tuple[int, tuple[tuple[str, str], ...]]]:
    return [(each.count, each.sums) for each in page.context["totals"]]


def test_sandbox_money_is_not_added_to_real_money(staff_client: Client) -> None:
    invoice(make.basil(), "50")
    invoice(make.customer("dora", "Dora's Deli", is_sandbox=True), "1000")

    page = staff_client.get(INVOICES)

    assert [(each.is_sandbox, each.count, each.sums[0][1]) for each in page.context["totals"]] == [
        (False, 1, "50.00 USD"),
        (True, 1, "1,000.00 USD"),
    ]
    assert page.content.decode().count("<dt>Sandbox rows</dt>") == 1


def test_the_sums_are_those_of_the_filtered_list_each_currency_apart(staff_client: Client) -> None:
    basil = make.basil()
    invoice(basil, "1000.10", credit="0.10")
    invoice(basil, "0.20")
    invoice(basil, "7", currency="EUR")
    invoice(make.carla(), "50")

    page = staff_client.get(INVOICES, {"q": "basil"})

    assert totals(page) == [
        (1, (("total", "7.00 EUR"), ("credits", "0.00 EUR"), ("due", "7.00 EUR"))),
        (2, (("total", "1,000.30 USD"), ("credits", "0.10 USD"), ("due", "1,000.20 USD"))),
    ]


def test_other_lists_have_no_sums(staff_client: Client) -> None:
    make.basil()

    page = staff_client.get(reverse("admin:accounts_customer_changelist")).content.decode()

    assert "list-totals" not in page


def test_an_empty_list_says_the_next_step(staff_client: Client) -> None:
    page = staff_client.get(INVOICES).content.decode()

    assert "No invoices yet. Activate a contract: its upcoming invoices come with it." in page


@pytest.mark.parametrize("query", ["q=zzz", "state__exact=void", "currency=EUR"])
def test_a_filter_that_leaves_nothing_says_so(staff_client: Client, query: str) -> None:
    invoice(make.basil(), "1")

    page = staff_client.get(f"{INVOICES}?{query}").content.decode()

    assert "Nothing matches. Take a filter away, or search for something else." in page


@pytest.mark.parametrize(
    "model",
    [m for m in admin.site._registry if m._meta.object_name not in {"Event", "SourceMinute"}],
    ids=lambda model: model._meta.label,
)
def test_every_empty_list_says_something(staff_client: Client, model: Any) -> None:
    meta = model._meta
    page: Any = staff_client.get(
        reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"), {"q": "zzzzzz"}
    )

    assert page.status_code == 200
    if page.context["cl"].result_count == 0:
        assert 'class="empty list-empty"' in page.content.decode()
