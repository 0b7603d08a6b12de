"""The sandbox: an event from a form, the clock, and what would be billed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Customer, Partner, PartnerCustomer, PartnerRole, TestClock
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.partner_portal.people import address, browser_of
from usage.models import Event, QuarantinedEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Customer:
    buyer = make.acme()
    make.acme_contract(buyer)
    return buyer


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    return make.partner(acme)


@pytest.fixture
def client(callwave: Partner) -> Client:
    return browser_of(callwave, PartnerRole.DEVELOPER)


def sent(
    client: Client, callwave: Partner, acme: Customer, body: object, *, follow: bool = False
) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    address_of_form = address("sandbox_send", callwave, acme.public_id)
    return client.post(address_of_form, {"body": text}, follow=follow)


def clock_of(acme: Customer) -> datetime:
    return TestClock.objects.get(customers=acme).now_at


def test_where_there_is_one_sandbox_it_opens(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    answer = client.get(address("sandbox", callwave))

    assert answer["Location"] == address("sandbox_of", callwave, acme.public_id)


def test_the_sample_is_taken_as_it_stands(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    form = client.get(address("sandbox_of", callwave, acme.public_id)).context["event_form"]

    sent(client, callwave, acme, form.initial["body"])

    event = Event.objects.get()
    assert (event.customer, event.source.mode) == (acme, "test")
    assert event.occurred_at == clock_of(acme)


def test_an_event_stands_on_the_bill_with_the_reason_for_its_amount(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    sent(client, callwave, acme, make.call_body("mine", minutes=5))
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    text = client.get(address("sandbox_of", callwave, acme.public_id)).content.decode()

    assert "It would be billed $1.00" in text
    assert "AI Calls - US / resolved" in text
    assert "5 minutes × $0.20" in text


@pytest.mark.parametrize(
    "body,words",
    [
        ("{", "JSON"),
        ("[]", "an event is a JSON object"),
        ('{"customer_id": "acme"}', "event_name"),
        (make.call_body("k", occurred_at="yesterday"), "/occurred_at"),
        (make.call_body("k", minutes="five"), "/properties/duration_minutes"),
    ],
)
def test_a_body_that_is_no_event_is_told_where(
    client: Client, callwave: Partner, acme: Customer, body: object, words: str
) -> None:
    answer = sent(client, callwave, acme, body)

    assert answer.status_code == 422
    assert words in str(answer.context["event_form"].errors["body"])
    assert not Event.objects.exists()


def test_what_waits_and_what_conflicts_leads_to_the_event(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    text = sent(client, callwave, acme, make.call_body("k", customer_id="x"), follow=True)
    assert "waits in quarantine" in text.content.decode()

    sent(client, callwave, acme, make.call_body("taken"))
    text = sent(client, callwave, acme, make.call_body("taken", minutes=9), follow=True)
    assert "with another body" in text.content.decode()
    assert Event.objects.count() == 1


def test_live_customers_are_not_reached(client: Client, callwave: Partner, acme: Customer) -> None:
    PartnerCustomer.objects.create(partner=callwave, customer=make.basil())

    sent(client, callwave, acme, make.call_body("k", customer_id="basil"))

    assert QuarantinedEvent.objects.get().reason == "unknown_customer"


def test_the_clock_goes_forward_and_the_period_is_billed(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    move = address("sandbox_clock", callwave, acme.public_id)
    before = clock_of(acme)

    client.post(move, {"step": "day"})
    assert clock_of(acme) == before + timedelta(days=1)

    client.post(move, {"step": "period"})
    bill_customer(customer_id=acme.pk, as_of=make.NOW)

    answer = client.get(address("sandbox_of", callwave, acme.public_id))
    assert answer.context["closed"] != []


@pytest.mark.parametrize("day", ["2024-11-01", "2026-06-01", "", "x", "0001-01-01"])
def test_a_clock_goes_neither_back_nor_years_ahead(
    client: Client, callwave: Partner, acme: Customer, day: str
) -> None:
    before = clock_of(acme)

    answer = client.post(
        address("sandbox_clock", callwave, acme.public_id), {"step": "date", "day": day}
    )

    assert answer.status_code == 422
    assert clock_of(acme) == before


def test_a_clock_that_others_use_too_is_not_moved(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    move = address("sandbox_clock", callwave, acme.public_id)
    make.partner(acme, name="Elsewhere AI")

    assert client.post(move, {"step": "day"}).status_code == 403
    text = client.get(address("sandbox_of", callwave, acme.public_id)).content.decode()
    assert "Others use this clock too" in text


def test_a_clock_of_a_customer_of_others_is_not_moved(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    make.customer("dora", "Dora's Diner", is_sandbox=True, test_clock=acme.test_clock)

    move = address("sandbox_clock", callwave, acme.public_id)
    assert client.post(move, {"step": "day"}).status_code == 403


def test_nothing_new_is_answered_with_nothing(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    live = address("sandbox_live", callwave, acme.public_id)
    version = client.get(live).context["version"]

    assert client.get(live, {"version": version}).status_code == 204

    make.accepted(make.source(callwave), [make.call_body("k")])
    refresh_customer(customer_id=acme.pk, now=datetime.now(UTC))
    assert client.get(live, {"version": version}).status_code == 200


def test_a_live_customer_is_no_sandbox(client: Client, callwave: Partner) -> None:
    basil = make.basil()
    PartnerCustomer.objects.create(partner=callwave, customer=basil)

    assert client.get(address("sandbox_of", callwave, basil.public_id)).status_code == 404


def test_without_a_sandbox_the_next_step_is_told() -> None:
    holder = make.partner(make.basil(), name="Fresh AI")

    text = browser_of(holder).get(address("sandbox", holder)).content.decode()

    assert "No sandbox yet" in text
