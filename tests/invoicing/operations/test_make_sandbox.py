"""Sandboxes for partners: a clock, a reach, a contract."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, KeyMode
from contracts.models import Contract
from invoicing.models import Invoice
from invoicing.operations.make_sandbox import NoSeller, make_sandbox
from tests import factories as make
from usage.models import Event

pytestmark = pytest.mark.django_db


def test_it_has_a_clock_at_now_and_is_reached_by_test_keys_alone() -> None:
    make.brand()
    sender = make.partner()

    made = make_sandbox(partner=sender, plan=None, now=make.NOW)

    assert (made.name, made.external_id, made.is_sandbox) == (
        "Callwave sandbox 1", "callwave-sandbox-1", True,
    )  # fmt: skip
    assert made.now(now=datetime(2030, 1, 1, tzinfo=UTC)) == make.NOW
    assert list(sender.customers.all()) == [made]
    body = [make.call_body("one", customer_id=made.external_id, occurred_at=None)]
    make.ai_call_meter()
    live, test = (make.accepted(make.source(sender, mode), body) for mode in KeyMode)
    assert [live[0].status, test[0].status] == ["quarantined", "accepted"]


def test_with_a_plan_what_is_sent_has_a_contract_from_the_first_of_the_month() -> None:
    plan, sender = make.ai_call_center(), make.partner()
    make.brand()

    made = make_sandbox(partner=sender, plan=plan, now=make.NOW)

    contract = Contract.objects.get()
    assert (contract.customer, contract.plan, contract.activated_at) == (made, plan, make.NOW)
    assert contract.starts_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert Invoice.objects.filter(customer=made, state="upcoming").exists()


def test_a_second_one_has_a_number_of_its_own() -> None:
    make.brand()
    sender = make.partner()
    make.customer("callwave-sandbox-2", "Somebody else's")

    made = [make_sandbox(partner=sender, plan=None, now=make.NOW) for _ in range(2)]

    assert [each.external_id for each in made] == ["callwave-sandbox-1", "callwave-sandbox-3"]


def test_a_name_without_letters_of_addresses_gets_the_partners_id() -> None:
    make.brand()
    sender = make.partner(name="電話")

    made = make_sandbox(partner=sender, plan=None, now=make.NOW)

    assert made.external_id == f"{sender.public_id}-sandbox-1"


def test_without_a_brand_there_is_none() -> None:
    with pytest.raises(NoSeller):
        make_sandbox(partner=make.partner(), plan=None, now=make.NOW)

    assert not Customer.objects.exists()


def test_staff_make_one_by_a_button(staff_client: Client) -> None:
    plan, sender = make.ai_call_center(), make.partner()
    make.brand()
    address = reverse("admin:accounts_partner_sandbox", args=[sender.pk])

    asked = staff_client.get(address)
    done = staff_client.post(address, {"plan": plan.pk}, follow=True)

    assert "Make a sandbox" in asked.content.decode()
    made = Customer.objects.get()
    assert done.redirect_chain[-1][0] == reverse("admin:accounts_customer_change", args=[made.pk])
    assert "callwave-sandbox-1" in str(next(iter(done.context["messages"])))
    assert not Event.objects.exists()


def test_who_may_not_add_customers_makes_none(clerk_client: Client) -> None:
    address = reverse("admin:accounts_partner_sandbox", args=[make.partner().pk])

    assert clerk_client.post(address, {}).status_code == 403
