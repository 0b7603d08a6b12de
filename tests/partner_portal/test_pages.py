"""Who may open a partner's pages, and how many questions a page asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Customer, Partner, PartnerRole, Role
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.partner_portal.people import address, browser_of, client_of
from usage.models import Event

pytestmark = pytest.mark.django_db

ROOMS = (
    "overview", "keys", "events", "quarantine", "sources", "customers", "sandbox", "docs", "team",
)  # fmt: skip
MOST_QUERIES = 15


@pytest.fixture
def acme() -> Customer:
    buyer = make.acme()
    make.acme_contract(buyer)
    return buyer


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    """Callwave has sent the six calls, and one for nobody."""
    holder = make.partner(acme)
    make.accepted(make.source(holder), [*make.six_bodies(), make.call_body("l", customer_id="?")])
    make.api_key(holder)
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    return holder


def pages_of(holder: Partner, acme: Customer) -> list[str]:
    invoice = acme.invoices.filter(lines__isnull=False)[0]
    key = holder.api_keys.all()[0]
    return [
        *(address(room, holder) for room in ROOMS if room != "sandbox"),
        address("sandbox_of", holder, acme.public_id),
        address("sandbox_live", holder, acme.public_id),
        address("sandbox_invoice", holder, acme.public_id, invoice.public_id),
        address("event", holder, Event.objects.all()[0].public_id),
        address("quarantine", holder) + "?reason=unknown_customer",
        address("replay_reason", holder) + "?reason=unknown_customer",
        address("new_key", holder),
        address("revoke_key", holder, key.pk),
        address("rotate_key", holder, key.pk),
        address("invite", holder),
    ]


def test_every_page_opens_to_an_owner(callwave: Partner, acme: Customer) -> None:
    client = browser_of(callwave)

    answers = {each: client.get(each).status_code for each in pages_of(callwave, acme)}

    assert {each: status for each, status in answers.items() if status != 200} == {}


def test_no_page_asks_more_than_fifteen_questions(callwave: Partner, acme: Customer) -> None:
    client = browser_of(callwave)
    asked = {}
    for each in pages_of(callwave, acme):
        with CaptureQueriesContext(connection) as captured:
            client.get(each)
        asked[each] = len(captured)

    assert {each: count for each, count in asked.items() if count > MOST_QUERIES} == {}


def test_lists_ask_as_much_for_many_rows_as_for_one(callwave: Partner, acme: Customer) -> None:
    client = browser_of(callwave)
    lists = [address(room, callwave) for room in ("overview", "events", "quarantine", "keys")]
    lists += [address("sandbox_of", callwave, acme.public_id)]

    def counted() -> list[int]:
        counts = []
        for each in lists:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(each).status_code == 200
            counts.append(len(captured))
        return counts

    before = counted()
    more = [make.call_body(f"more-{number}", region="EU") for number in range(20)]
    lost = [make.call_body(f"lost-{number}", customer_id=f"?{number}") for number in range(20)]
    make.accepted(make.source(callwave), [*more, *lost])
    for _ in range(5):
        make.api_key(callwave)
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    assert counted() == before


def test_people_of_another_partner_find_nothing(callwave: Partner, acme: Customer) -> None:
    client = browser_of(make.partner(make.carla(), name="Elsewhere AI"))

    answers = {client.get(each).status_code for each in pages_of(callwave, acme)}

    assert answers == {404}


def test_objects_of_another_partner_are_not_there_on_ones_own_pages(
    callwave: Partner, acme: Customer
) -> None:
    elsewhere = make.partner(make.carla(), name="Elsewhere AI")
    client = browser_of(elsewhere)
    invoice = acme.invoices.all()[0]
    key = callwave.api_keys.all()[0]
    waiting = callwave.sources.get().quarantinedevent_set.get()

    got = [
        client.get(address("event", elsewhere, Event.objects.all()[0].public_id)),
        client.get(address("event", elsewhere, waiting.public_id)),
        client.post(address("replay_event", elsewhere, waiting.public_id)),
        client.get(address("sandbox_of", elsewhere, acme.public_id)),
        client.get(address("sandbox_live", elsewhere, acme.public_id)),
        client.post(address("sandbox_send", elsewhere, acme.public_id), {"body": "{}"}),
        client.post(address("sandbox_clock", elsewhere, acme.public_id), {"step": "day"}),
        client.get(address("sandbox_invoice", elsewhere, acme.public_id, invoice.public_id)),
        client.get(address("rotate_key", elsewhere, key.pk)),
        client.post(address("revoke_key", elsewhere, key.pk)),
    ]

    assert [answer.status_code for answer in got] == [404] * len(got)


@pytest.mark.parametrize("mode", ["live", "test"])
def test_lists_of_another_partner_hold_nothing_of_this_one(
    callwave: Partner, acme: Customer, mode: str
) -> None:
    elsewhere = make.partner(make.carla(), name="Elsewhere AI")
    client = browser_of(elsewhere)

    for room in ("overview", "keys", "events", "quarantine", "customers", "docs"):
        text = client.get(address(room, elsewhere) + f"?mode={mode}").content.decode()
        assert "acme" not in text.lower(), room
        assert "call-1" not in text, room


def test_nobody_signed_in_is_led_to_the_sign_in_page(callwave: Partner) -> None:
    answer = Client().get(address("keys", callwave))

    assert answer["Location"] == f"{reverse('account_login')}?next={address('keys', callwave)}"


@pytest.mark.parametrize("who", [make.staff, lambda: make.member(make.basil())])
def test_staff_and_customers_have_no_place_here(callwave: Partner, who: Callable[[], Any]) -> None:
    assert client_of(who()).get(address("overview", callwave)).status_code == 404


def test_viewers_change_nothing(callwave: Partner, acme: Customer) -> None:
    client = browser_of(callwave, PartnerRole.VIEWER)
    key = callwave.api_keys.all()[0]
    waiting = callwave.sources.get().quarantinedevent_set.get()

    got = [
        client.get(address("new_key", callwave)),
        client.post(address("rotate_key", callwave, key.pk)),
        client.post(address("revoke_key", callwave, key.pk)),
        client.post(address("replay_event", callwave, waiting.public_id)),
        client.post(address("discard_event", callwave, waiting.public_id), {"reason": "x"}),
        client.post(address("replay_reason", callwave), {"reason": "unknown_customer"}),
        client.post(address("sandbox_send", callwave, acme.public_id), {"body": "{}"}),
        client.post(address("sandbox_clock", callwave, acme.public_id), {"step": "day"}),
        client.get(address("invite", callwave)),
    ]

    assert [answer.status_code for answer in got] == [403] * len(got)


def test_developers_do_everything_but_people(callwave: Partner, acme: Customer) -> None:
    client = browser_of(callwave, PartnerRole.DEVELOPER)

    answers = {each: client.get(each).status_code for each in pages_of(callwave, acme)}

    assert [each for each, status in answers.items() if status != 200] == [
        address("invite", callwave)
    ]


def test_of_a_partner_that_is_switched_off_people_only_look(callwave: Partner) -> None:
    callwave.is_active = False
    callwave.save()
    client = browser_of(callwave)

    assert "switched off" in client.get(address("keys", callwave)).content.decode()
    assert client.get(address("new_key", callwave)).status_code == 403


def test_pages_are_kept_by_no_cache(callwave: Partner) -> None:
    answer = browser_of(callwave).get(address("keys", callwave))

    assert "no-store" in answer["Cache-Control"]


def test_the_front_door_leads_to_ones_partner(callwave: Partner) -> None:
    assert browser_of(callwave).get("/")["Location"] == address("overview", callwave)


def test_whoever_has_customers_and_partners_chooses(callwave: Partner, acme: Customer) -> None:
    pat = make.partner_person(callwave)
    acme.memberships.create(user=pat, role=Role.OWNER)

    text = client_of(pat).get("/").content.decode()

    assert address("overview", callwave) in text
    assert reverse("portal:overview", args=[acme.public_id]) in text
