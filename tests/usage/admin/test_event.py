"""The event browser and event pages."""

from itertools import count
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from invoicing.operations.refresh_customer import refresh_customer
from tests.factories import (
    NOW,
    accepted,
    acme,
    acme_contract,
    ai_call_meter,
    call_body,
    partner,
    six_bodies,
    source,
)
from usage.intake.sent_event import event_key_of
from usage.models import Event, event_public_id

BROWSER = "admin:usage_event_changelist"


def _found(client: Client, **query: Any) -> list[str]:
    page = client.get(reverse(BROWSER), query)
    assert page.status_code == 200
    return [row.event.idempotency_key for row in page.context["rows"]]


@pytest.fixture
def calls(db: None) -> None:
    buyer = acme()
    acme_contract(buyer)
    accepted(source(partner(buyer)), six_bodies())
    refresh_customer(customer_id=buyer.pk, now=NOW)


@pytest.mark.usefixtures("calls")
def test_events_are_found_by_customer_meter_dimension_and_time(clerk_client: Client) -> None:
    meter = ai_call_meter().pk

    assert _found(clerk_client, customer="acme") == [f"call-{n}" for n in (6, 5, 4, 3, 2, 1)]
    assert _found(clerk_client, customer="acme", meter=meter, dimensions="region=EU") == [
        "call-5", "call-4",
    ]  # fmt: skip
    assert _found(
        clerk_client, customer="acme", meter=meter,
        dimensions="region=US; call_outcome=resolved",
    ) == ["call-2", "call-1"]  # fmt: skip
    assert _found(clerk_client, customer="acme", start="2024-11-07", end="2024-11-08") == [
        "call-4", "call-3",
    ]  # fmt: skip
    assert _found(clerk_client, customer="acme", meter=meter, dimensions="region=null") == []


@pytest.mark.parametrize(
    "query, words",
    [
        ({"customer": "nobody"}, "There is no customer"),
        ({"meter": "METER"}, "name the customer as well"),
        ({"dimensions": "region=US"}, "Dimensions are those of a meter"),
        ({"customer": "acme", "meter": "METER", "dimensions": "US"}, "Write pairs such as"),
        ({"start": "soon"}, "Write a date such as"),
        ({"seen": "1:2:x"}, "This is no snapshot"),
        ({"customer": "a\x00b"}, "Null characters are not allowed"),
    ],
)
@pytest.mark.usefixtures("calls")
def test_a_search_that_is_none_is_refused_in_words(
    clerk_client: Client, query: dict[str, str], words: str
) -> None:
    meter = str(ai_call_meter().pk)
    wanted = {name: meter if value == "METER" else value for name, value in query.items()}

    page = clerk_client.get(reverse(BROWSER), wanted)

    assert page.status_code == 200
    assert words in page.content.decode()
    assert page.context["rows"] == []


@pytest.mark.usefixtures("calls")
def test_a_place_that_is_none_shows_the_first_page(clerk_client: Client) -> None:
    assert len(_found(clerk_client, before="yesterday~7")) == 6


def test_pages_follow_each_other_without_gap(clerk_client: Client) -> None:
    buyer = acme()
    ai_call_meter()
    bodies = [call_body(f"e{n:03}", occurred_at="2024-11-05T10:00:00Z") for n in range(120)]
    accepted(source(partner(buyer)), bodies)
    found: list[str] = []
    address = f"{reverse(BROWSER)}?customer=acme"

    while address:
        page = clerk_client.get(address)
        found += [row.event.idempotency_key for row in page.context["rows"]]
        older = page.context["older"]
        address = f"{reverse(BROWSER)}{older}" if older else ""

    assert sorted(found) == [f"e{n:03}" for n in range(120)]


def test_a_page_costs_the_same_queries_for_3_and_30_events(clerk_client: Client) -> None:
    buyer = acme()
    ai_call_meter()
    sender = source(partner(buyer))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            clerk_client.get(reverse(BROWSER), {"customer": "acme"})
        return len(captured)

    accepted(sender, [call_body(f"a{n}") for n in range(3)])
    few = queries()
    accepted(sender, [call_body(f"b{n}") for n in range(27)])

    assert queries() == few


@pytest.mark.usefixtures("calls")
def test_an_event_page_shows_body_readings_and_verdict(clerk_client: Client) -> None:
    event = Event.objects.get(idempotency_key="call-5")
    url = reverse("admin:usage_event_change", args=[quote(event.public_id)])

    page = clerk_client.get(url).content.decode()

    assert "&quot;duration_minutes&quot;: 15" in page
    assert "15 minutes" in page
    assert "region: EU" in page
    assert "rated" in page
    assert "ai-call" in page
    assert "/admin/invoicing/invoice/inv_5F" in page


def test_an_event_page_names_absent_group_keys_and_the_hint(clerk_client: Client) -> None:
    buyer = acme()
    acme_contract(buyer)
    accepted(
        source(partner(buyer)),
        [call_body("lost", region=None), call_body("small", region="us")],
    )
    refresh_customer(customer_id=buyer.pk, now=NOW)

    def page(key: str) -> str:
        event = Event.objects.get(idempotency_key=key)
        url = reverse("admin:usage_event_change", args=[quote(event.public_id)])
        return str(clerk_client.get(url).content.decode())

    assert "<td>region</td>" in page("lost")
    assert "did you mean region: US?" in page("small")
    assert "fallback" in page("small")


def test_an_unknown_event_is_not_found(clerk_client: Client) -> None:
    assert clerk_client.get("/admin/usage/event/evt_5F0/change/").status_code == 404
    assert clerk_client.get("/admin/usage/event/x/change/").status_code == 404


@pytest.mark.parametrize("beginning", ["evt_22", "evt_24", "evt_40", "evt_5f"])
def test_the_page_of_an_event_is_found_though_its_id_looks_escaped(
    db: None, clerk_client: Client, beginning: str
) -> None:
    ai_call_meter()
    sender = source(partner(acme()))
    key = next(
        key
        for key in map("call-{}".format, count())
        if event_public_id(event_key_of(sender.pk, key)).startswith(beginning)
    )
    accepted(sender, [call_body(key)])

    page = clerk_client.get(
        reverse("admin:usage_event_change", args=[Event.objects.get().public_id])
    )

    assert page.status_code == 200
    assert page.context["event"].idempotency_key == key
