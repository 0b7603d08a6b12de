"""Events as their sender lists and opens them."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import Customer, Partner, PartnerRole
from invoicing.operations.refresh_customer import refresh_customer
from partner_portal.documents.times import instant
from tests import factories as make
from tests.partner_portal.people import address, browser_of
from usage.models import Event
from usage.operations.void_event import void_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Customer:
    buyer = make.acme()
    make.acme_contract(buyer)
    return buyer


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    holder = make.partner(acme)
    make.accepted(make.source(holder), make.six_bodies())
    return holder


@pytest.fixture
def client(callwave: Partner) -> Client:
    return browser_of(callwave, PartnerRole.VIEWER)


def listed(client: Client, callwave: Partner, query: str = "") -> list[str]:
    since = "" if "first=" in query else "&first=2024-01-01"
    answer = client.get(address("events", callwave) + f"?mode=test&{query}{since}")
    assert answer.status_code == 200
    return [row.key for row in answer.context["rows"]]


def test_the_latest_comes_first(client: Client, callwave: Partner) -> None:
    assert listed(client, callwave) == [f"call-{number}" for number in range(6, 0, -1)]


@pytest.mark.parametrize(
    "query,keys",
    [
        ("customer=acme", 6),
        ("event_name=ai_call", 6),
        ("event_name=AI_CALL", 0),
        ("first=2024-11-06&last=2024-11-07", 2),
        ("status=quarantined", 0),
        ("status=accepted", 6),
        ("key=call-3", 1),
        ("key=call-3&first=2024-12-01", 0),
        ("key=call-33", 0),
    ],
)
def test_a_filter_lists_what_fits(client: Client, callwave: Partner, query: str, keys: int) -> None:
    assert len(listed(client, callwave, query)) == keys


def test_what_is_older_than_90_days_is_listed_where_it_is_asked_for(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    now = datetime.now(UTC)
    today = make.call_body("today", occurred_at=now.isoformat())
    make.accepted(make.source(callwave), [today], now=now)

    def keys(query: str) -> list[str]:
        found = client.get(address("events", callwave) + f"?mode=test&{query}").context["rows"]
        return [row.key for row in found]

    assert keys("") == ["today"]
    assert keys("last=2024-11-05&event_name=ai_call") == listed(
        client, callwave, "first=2024-01-01&last=2024-11-05"
    )
    assert keys("key=call-3") == ["call-3"]


@pytest.mark.parametrize(
    "query", ["customer=carla", "first=x", "first=2024-11-07&last=2024-11-06", "status=odd"]
)
def test_a_filter_that_makes_no_sense_is_told(
    client: Client, callwave: Partner, query: str
) -> None:
    make.carla()
    answer = client.get(address("events", callwave) + f"?mode=test&{query}")

    assert answer.status_code == 400
    assert answer.context["form"].errors


def test_pages_hold_each_event_once(
    client: Client, callwave: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partner_portal.views.events.ON_A_PAGE", 4)
    first = client.get(address("events", callwave) + "?mode=test&first=2024-01-01")
    second = client.get(address("events", callwave) + first.context["older"])

    keys = [row.key for answer in (first, second) for row in answer.context["rows"]]
    assert keys == [f"call-{number}" for number in range(6, 0, -1)]
    assert second.context["older"] == ""


def test_live_events_are_not_among_the_test_ones(callwave: Partner, client: Client) -> None:
    assert listed(client, callwave, "mode=live") == []


def test_an_event_tells_what_became_of_it(
    client: Client, callwave: Partner, acme: Customer
) -> None:
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    event = Event.objects.get(idempotency_key="call-1")

    text = client.get(address("event", callwave, event.public_id)).content.decode()

    assert "Billed at the rate of its dimensions." in text
    assert acme.invoices.filter(lines__isnull=False)[0].public_id in text
    assert "&quot;duration_minutes&quot;: 5" in text
    assert "$" not in text


def test_an_event_of_another_sender_of_the_same_customer_is_seen_as_the_api_shows_it(
    callwave: Partner, client: Client, acme: Customer
) -> None:
    other = make.partner(acme, name="Elsewhere AI")
    make.accepted(make.source(other), [make.call_body("theirs")])
    event = Event.objects.get(idempotency_key="theirs")

    text = client.get(address("event", callwave, event.public_id)).content.decode()

    assert "somebody else" in text
    assert "Elsewhere" not in text


@pytest.mark.parametrize("event_id", ["evt_x", "0", "evt_01h00000000000000000000000", "é"])
def test_an_id_of_nothing_is_not_found(client: Client, callwave: Partner, event_id: str) -> None:
    assert client.get(address("event", callwave, event_id)).status_code == 404


@pytest.mark.parametrize("after", ["x", "~", "2024-11-05T10:00:00~x", "9999-99-99T00:00:00Z~0"])
def test_a_place_that_is_none_is_the_beginning(
    client: Client, callwave: Partner, after: str
) -> None:
    assert len(listed(client, callwave, f"after={after}")) == 6


def test_what_was_received_is_counted_by_what_became_of_it(acme: Customer) -> None:
    now = datetime.now(UTC)
    holder = make.partner(acme, name="Fresh AI")
    source = make.source(holder)
    make.accepted(source, [make.call_body("new")], now=now)
    make.accepted(source, [make.call_body("new"), make.call_body("l", customer_id="?")], now=now)

    context = browser_of(holder).get(address("overview", holder) + "?mode=test").context

    for span in (context["overview"].day, context["overview"].month):
        counts = span.counts
        assert (counts.accepted, counts.duplicates, counts.quarantined) == (1, 1, 1)
    assert context["overview"].waiting == "1"
    assert context["overview"].last_received == instant(now)


def test_an_event_that_was_taken_back_says_so(client: Client, callwave: Partner) -> None:
    event = Event.objects.get(idempotency_key="call-2")
    void_event(key=event.key, reason="sent by mistake", now=make.NOW)

    text = client.get(address("event", callwave, event.public_id)).content.decode()

    assert "Void since Nov 21, 2026 12:00:00 UTC: sent by mistake." in text
    assert listed(client, callwave, "status=void") == ["call-2"]
    assert "call-2" not in listed(client, callwave, "status=accepted")
