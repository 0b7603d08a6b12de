"""Staff find a person's records, hand them out and erase them, on record."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, RecordLook
from tests import factories as make
from usage.models import Erasure, Event

pytestmark = pytest.mark.django_db

NUMBER = "+14155550123"
PAGE = "/admin/usage/erasure/person/"


@pytest.fixture
def acme() -> Customer:
    """Acme with six calls, three of them by one person, and one of these in quarantine."""
    buyer = make.acme()
    make.acme_contract(buyer)
    source = make.source(make.partner(buyer))
    bodies: list[dict[str, Any]] = [
        *make.six_bodies(), make.call_body("lost", customer_id="nobody"),
    ]  # fmt: skip
    for number, body in enumerate(bodies):
        body["properties"]["from_number"] = NUMBER if number % 2 == 0 else "+14155550199"
    make.accepted(source, bodies)
    return buyer


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make.staff())
    return client


def test_a_number_is_found_however_it_is_written(acme: Customer, staff: Client) -> None:
    found = staff.post(PAGE, {"customer": "acme", "value": "1 (415) 555-0123", "find": "x"})

    assert found.context["total"] == 4
    assert [row[4].text for row in found.context["table"].rows] == ["from_number"] * 4


def test_a_search_is_on_record_without_what_was_searched(acme: Customer, staff: Client) -> None:
    staff.post(PAGE, {"customer": "acme", "value": NUMBER, "find": "x"})

    look = RecordLook.objects.get()
    assert (look.customer, look.rows, look.page) == (acme, 4, "admin:usage_erasure_person")
    assert "0123" not in look.asked


def test_an_export_has_every_record_with_its_body(acme: Customer, staff: Client) -> None:
    answer: Any = staff.post(PAGE, {"customer": "acme", "value": NUMBER, "export": "x"})

    lines = [json.loads(line) for line in b"".join(answer).splitlines()]
    assert [line["state"] for line in lines] == ["stored"] * 3 + ["in quarantine"]
    assert {line["event"]["properties"]["from_number"] for line in lines} == {NUMBER}
    assert RecordLook.objects.get().rows == 4


def test_an_erasure_is_asked_for_twice(acme: Customer, staff: Client) -> None:
    asked = staff.post(PAGE, {"customer": "acme", "value": NUMBER, "erase": "x"})

    assert (len(asked.context["plan"].events), len(asked.context["plan"].waiting)) == (3, 1)
    unsure = {"customer": "acme", "value": NUMBER, "confirm": "x", "reason": "asked"}
    assert staff.post(PAGE, unsure).status_code == 200
    assert not Erasure.objects.exists()

    done = staff.post(PAGE, {**unsure, "sure": "on"})

    erasure = Erasure.objects.get()
    assert done["Location"] == reverse("admin:usage_erasure_change", args=[erasure.pk])
    assert (erasure.events, erasure.waiting, erasure.reason) == (3, 1, "asked")
    assert not any(NUMBER in event.sent for event in Event.objects.all())


def test_what_is_in_the_way_is_named(acme: Customer, staff: Client) -> None:
    told = staff.post(PAGE, {"customer": "acme", "value": "resolved", "erase": "x"})

    assert "call_outcome: meter" in told.content.decode()
    assert 'name="confirm"' not in told.content.decode()


@pytest.mark.parametrize(
    "customer,value,told",
    [("nobody", NUMBER, "There is no customer"), ("acme", "x", "A value has 3 to 255")],
)
def test_bad_input_is_told(
    acme: Customer, staff: Client, customer: str, value: str, told: str
) -> None:
    answer = staff.post(PAGE, {"customer": customer, "value": value, "find": "x"})

    assert told in answer.content.decode()


def test_the_pages_ask_few_questions(
    acme: Customer, staff: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(15):
        staff.post(PAGE, {"customer": "acme", "value": NUMBER, "find": "x"})
