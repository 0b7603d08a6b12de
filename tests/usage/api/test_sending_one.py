"""POST /api/v1/events."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Customer, Partner
from tests import factories as make
from tests.caller import PROBLEM, Caller
from usage.api.back_pressure import gate
from usage.models import Event, EventKey, QuarantinedEvent

pytestmark = pytest.mark.django_db

NOTHING = 0


def test_a_new_event_is_created(caller: Caller, acme: Customer) -> None:
    answer = caller.post("/events", make.call_body("call-1"))

    event = Event.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "status": "accepted",
        "id": event.public_id,
        "idempotency_key": "call-1",
        "duplicate": False,
        "absent_group_keys": [],
    }
    assert answer["Location"] == f"/api/v1/events/{event.public_id}"
    assert event.customer == acme


def test_the_same_event_again_is_a_duplicate_and_changes_nothing(caller: Caller) -> None:
    first = caller.post("/events", make.call_body("call-1")).json()

    answer = caller.post("/events", make.call_body("call-1"))

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "duplicate",
        "id": first["id"],
        "idempotency_key": "call-1",
        "duplicate": True,
    }
    assert Event.objects.count() == 1


def test_six_events_one_by_one_then_as_a_batch_are_six_duplicates(caller: Caller) -> None:
    one_by_one = [caller.post("/events", body).status_code for body in make.six_bodies()]
    batch = caller.post("/events/batch", {"events": make.six_bodies()}).json()

    assert one_by_one == [201] * 6
    assert batch["duplicates"] == 6
    assert [result["status"] for result in batch["results"]] == ["duplicate"] * 6
    assert Event.objects.count() == 6


def test_the_same_members_in_another_order_are_the_same_event(caller: Caller) -> None:
    caller.post("/events", make.call_body("call-1"))
    body = dict(reversed(make.call_body("call-1").items()))
    body["customer"] = body.pop("customer_id")

    assert caller.post("/events", body).json()["status"] == "duplicate"


def test_a_key_with_another_body_is_a_conflict_that_shows_both(caller: Caller) -> None:
    stored = make.call_body("call-1", minutes=5)
    sent = make.call_body("call-1", minutes=8)
    event_id = caller.post("/events", stored).json()["id"]

    answer = caller.post("/events", sent, X_Request_Id="request-7")

    problem = answer.json()
    hashes = problem.pop("sent_hash"), problem.pop("stored_hash")
    assert answer.status_code == 409
    assert answer["Content-Type"] == PROBLEM
    assert problem == {
        "type": "/api/docs/problems/#event-conflict",
        "title": "The idempotency key is taken by another event",
        "status": 409,
        "detail": "The key call-1 was sent before with another body; the stored event stays.",
        "instance": "request-7",
        "errors": [],
        "id": event_id,
        "idempotency_key": "call-1",
        "sent": sent,
        "stored": stored,
    }
    assert len(set(hashes)) == 2
    assert all(len(text) == 16 for text in hashes)


def test_a_conflict_shows_numbers_with_the_digits_that_they_came_with(caller: Caller) -> None:
    stored = b'{"customer_id":"acme","event_name":"ai_call","idempotency_key":"k",'
    stored += b'"properties":{"duration_minutes":1.10}}'
    caller.post("/events", stored)

    answer = caller.post("/events", stored.replace(b"1.10", b"1.20"))

    assert b'"duration_minutes":1.10' in answer.content
    assert b'"duration_minutes":1.20' in answer.content


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"customer_id": "nobody"}, "unknown_customer"),
        ({"event_name": "sms"}, "unknown_event_name"),
    ],
)
def test_what_cannot_be_attributed_goes_to_quarantine_with_the_reason(
    caller: Caller, changes: dict[str, str], reason: str
) -> None:
    answer = caller.post("/events", {**make.call_body("call-1"), **changes})

    assert answer.status_code == 202
    assert answer.json()["status"] == "quarantined"
    assert answer.json()["reason"] == reason
    assert QuarantinedEvent.objects.get().reason == reason


def test_a_quarantined_event_again_is_a_duplicate(caller: Caller) -> None:
    caller.post("/events", make.call_body("call-1", customer_id="nobody"))

    again = caller.post("/events", make.call_body("call-1", customer_id="nobody"))

    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    assert QuarantinedEvent.objects.count() == 1


def test_a_customer_of_somebody_else_looks_just_like_an_unknown_one(caller: Caller) -> None:
    carla = make.carla(is_sandbox=True)
    make.partner(carla, name="Other")

    others = caller.post("/events", make.call_body("call-1", customer_id="carla"))
    others_by_our_id = caller.post("/events", make.call_body("call-2", customer_id=carla.public_id))
    unknown = caller.post("/events", make.call_body("call-3", customer_id="carl"))

    told = others.json()
    assert others.status_code == others_by_our_id.status_code == unknown.status_code == 202
    assert "Clinic" not in others.content.decode()
    assert told["detail"].replace("carla", "carl") == unknown.json()["detail"]
    assert Event.objects.count() == NOTHING


def test_a_test_key_does_not_reach_a_live_customer(callwave: Partner, caller: Caller) -> None:
    callwave.customers.add(make.basil())

    answer = caller.post("/events", make.call_body("call-1", customer_id="basil"))

    assert answer.json()["reason"] == "unknown_customer"


def test_the_modes_of_a_partner_have_keys_of_their_own(callwave: Partner, caller: Caller) -> None:
    callwave.customers.add(make.basil())
    live = Caller(make.api_key(callwave, mode="live")[1])

    test_answer = caller.post("/events", make.call_body("call-1"))
    live_answer = live.post("/events", make.call_body("call-1", customer_id="basil"))

    assert (test_answer.status_code, live_answer.status_code) == (201, 201)


def test_our_id_and_the_external_id_name_the_same_customer(caller: Caller, acme: Customer) -> None:
    caller.post("/events", make.call_body("call-1", customer_id=acme.public_id))
    caller.post("/events", make.call_body("call-2", customer_id="acme"))

    assert set(Event.objects.values_list("customer", flat=True)) == {acme.pk}


def test_a_missing_group_key_is_accepted_and_named(caller: Caller) -> None:
    answer = caller.post("/events", make.call_body("call-1", region=None))

    assert answer.status_code == 201
    assert answer.json()["absent_group_keys"] == ["region"]


def test_without_a_time_it_is_that_of_the_sandbox_clock(caller: Caller) -> None:
    caller.post("/events", make.call_body("call-1", occurred_at=None))

    assert Event.objects.get().occurred_at == make.NOVEMBER_20


def test_without_a_time_it_is_the_time_of_receipt(callwave: Partner) -> None:
    callwave.customers.add(make.basil())
    live = Caller(make.api_key(callwave, mode="live")[1])
    before = timezone.now()

    live.post("/events", make.call_body("call-1", customer_id="basil", occurred_at=None))

    assert before <= Event.objects.get().occurred_at <= timezone.now()


def test_without_a_key_the_header_is_the_key(caller: Caller) -> None:
    body = make.call_body("unused")
    del body["idempotency_key"]

    first = caller.post("/events", body, Idempotency_Key='"req-1"')
    again = caller.post("/events", body, Idempotency_Key="req-1")

    assert first.json()["idempotency_key"] == "req-1"
    assert again.json()["status"] == "duplicate"


def test_the_events_own_key_counts_more_than_the_header(caller: Caller) -> None:
    answer = caller.post("/events", make.call_body("call-1"), Idempotency_Key="req-1")

    assert answer.json()["idempotency_key"] == "call-1"


def test_with_no_key_at_all_it_is_refused_with_a_sentence(caller: Caller) -> None:
    body = make.call_body("unused")
    del body["idempotency_key"]

    answer = caller.post("/events", body)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "/idempotency_key",
            "code": "key_required",
            "detail": "the event has no idempotency_key and the request no Idempotency-Key: if "
            "it came again, it could not be told from a second event, and would be billed twice",
        }
    ]
    assert EventKey.objects.count() == NOTHING


def test_a_partner_may_do_without_keys_and_is_warned(callwave: Partner, caller: Caller) -> None:
    callwave.requires_event_keys = False
    callwave.save()
    body = make.call_body("unused")
    del body["idempotency_key"]

    first, second = caller.post("/events", body), caller.post("/events", body)

    assert (first.status_code, second.status_code) == (201, 201)
    assert "if you send it again it counts again" in first.json()["warning"]
    assert first.json()["idempotency_key"] != second.json()["idempotency_key"]


@pytest.mark.parametrize("header", ["", " ", '""', "x" * 201, "caf\u00e9"])
def test_a_header_that_is_no_key_is_refused(caller: Caller, header: str) -> None:
    answer = caller.post("/events", make.call_body("call-1"), Idempotency_Key=header)

    assert answer.status_code == 400
    assert answer.json()["type"] == "/api/docs/problems/#bad-request"
    assert EventKey.objects.count() == NOTHING


def test_a_rejected_event_leaves_its_key_free(caller: Caller) -> None:
    wrong = caller.post("/events", make.call_body("call-1", minutes="long"))
    right = caller.post("/events", make.call_body("call-1", minutes=5))

    assert (wrong.status_code, right.status_code) == (422, 201)


def test_a_time_in_another_zone_is_kept_as_utc(caller: Caller) -> None:
    caller.post("/events", make.call_body("call-1", occurred_at="2024-11-05T12:00:00+05:30"))

    assert Event.objects.get().occurred_at == datetime(2024, 11, 5, 6, 30, tzinfo=UTC)


def test_an_event_costs_fifteen_queries(
    caller: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    caller.post("/events", make.call_body("call-0"))
    gate.forget()

    # One of them looks at what waits, every few seconds.
    with django_assert_num_queries(15):
        caller.post("/events", make.call_body("call-1"))
