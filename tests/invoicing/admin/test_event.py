"""Staff take events back and amend them, and see before what that does to open invoices."""

import json
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from accounts.models import Customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from usage.intake.revised_key import revised_key
from usage.models import Event, EventVoid
from usage.operations.void_event import void_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    """A call of Acme, five minutes at 0.20."""
    acme: Customer = make.acme()
    make.contract(acme)
    make.accepted(make.source(make.partner(acme)), [make.call_body("call")])
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    return Event.objects.get()


def address(event: Event, page: str) -> str:
    return reverse(f"admin:usage_event_{page}", args=[quote(event.public_id)])


def body(**fields: Any) -> str:
    return json.dumps(make.call_body("call", **fields))


def test_the_page_offers_both_and_each_asks_first(staff_client: Client, event: Event) -> None:
    page = staff_client.get(address(event, "change")).content.decode()

    assert ">Void</a>" in page
    assert ">Amend</a>" in page


def test_a_void_tells_the_money_first_and_keeps_nothing_of_it(
    staff_client: Client, event: Event
) -> None:
    page = staff_client.get(address(event, "void")).content.decode()

    assert '<strong id="change-adds">-1.00 USD</strong>' in page
    assert not EventVoid.objects.exists()


def test_a_void_is_made_with_its_reason_and_shown(staff_client: Client, event: Event) -> None:
    staff_client.post(address(event, "void"), {"_reason": "a test call"})

    assert EventVoid.objects.get().reason == "a test call"
    page = staff_client.get(address(event, "change")).content.decode()
    assert "a test call" in page
    assert ">Void</a>" not in page


def test_a_void_without_a_reason_is_refused_in_words(staff_client: Client, event: Event) -> None:
    answer = staff_client.post(address(event, "void"), {"_reason": " "}, follow=True)

    assert "Say why the event is taken back." in answer.content.decode()
    assert not EventVoid.objects.exists()


def test_an_amendment_tells_the_money_first(staff_client: Client, event: Event) -> None:
    entered = {"body": body(minutes=12), "reason": "wrong minutes", "_preview": "1"}

    page = staff_client.post(address(event, "amend"), entered).content.decode()

    assert '<strong id="change-adds">1.40 USD</strong>' in page
    assert not EventVoid.objects.exists()


def test_an_amendment_leads_to_what_stands_in(staff_client: Client, event: Event) -> None:
    entered = {"body": body(minutes=12), "reason": "wrong minutes", "_amend": "1"}

    page = staff_client.post(address(event, "amend"), entered, follow=True).content.decode()

    assert EventVoid.objects.get().replaced_by == revised_key(event.key)
    assert "12 minutes" in page
    assert event.public_id in page


@pytest.mark.parametrize(
    "text, words",
    [
        ("{", "This is no JSON"),
        ('{"customer_id": "acme"}', "/event_name: event_name is missing"),
        (body(customer_id="nobody"), "/customer_id: no customer of yours"),
        (body(), "Nothing is different"),
    ],
)
@pytest.mark.parametrize("button", ["_preview", "_amend"])
def test_a_body_that_cannot_stand_in_is_refused_in_words(
    staff_client: Client, event: Event, text: str, words: str, button: str
) -> None:
    entered = {"body": text, "reason": "wrong", button: "1"}

    page = staff_client.post(address(event, "amend"), entered, follow=True).content.decode()

    assert words in page
    assert not EventVoid.objects.exists()


def test_who_only_looks_may_do_neither(clerk_client: Client, event: Event) -> None:
    page = clerk_client.get(address(event, "change")).content.decode()

    assert ">Void</a>" not in page
    assert ">Amend</a>" not in page
    assert clerk_client.post(address(event, "void")).status_code == 403
    assert clerk_client.get(address(event, "amend")).status_code == 403


def test_a_void_event_is_offered_neither(staff_client: Client, event: Event) -> None:
    void_event(key=event.key, reason="a test call", now=make.NOW)

    page = staff_client.get(address(event, "change")).content.decode()

    assert ">Void</a>" not in page
    assert ">Amend</a>" not in page
