"""POST /api/v1/events/{id}/void and PUT /api/v1/events/{id}."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Customer, Partner, Scope
from tests import factories as make
from tests.caller import PROBLEM, Caller
from usage.models import Event, EventVoid, QuarantinedEvent
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.undo_backfill import start_undoing, undo_next
from values.period import Period

pytestmark = pytest.mark.django_db


def sent(caller: Caller, key: str = "call", **fields: Any) -> str:
    """Return the id of an event that was just sent."""
    return str(caller.post("/events", make.call_body(key, **fields)).json()["id"])


def codes(answer: Any) -> list[tuple[str, str]]:
    assert answer["content-type"] == PROBLEM
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def test_a_void_event_says_since_when_and_why(caller: Caller) -> None:
    event = sent(caller)

    answer = caller.post(f"/events/{event}/void", {"reason": "a test call"})

    assert answer.status_code == 200
    body = answer.json()
    assert (body["id"], body["status"]) == (event, "void")
    assert body["void"].pop("voided_at").endswith("Z")
    assert body["void"] == {"reason": "a test call", "replaced_by": None}
    assert caller.get(f"/events/{event}").json()["void"]["reason"] == "a test call"


def test_a_second_void_answers_as_the_first(caller: Caller) -> None:
    event = sent(caller)
    first = caller.post(f"/events/{event}/void", {"reason": "a test call"})

    second = caller.post(f"/events/{event}/void", {"reason": "again"})

    assert (second.status_code, second.json()) == (200, first.json())
    assert EventVoid.objects.count() == 1


def test_an_event_in_quarantine_is_discarded(caller: Caller) -> None:
    event = sent(caller, customer_id="nobody")

    answer = caller.post(f"/events/{event}/void", {"reason": "a test call"})
    again = caller.post(f"/events/{event}/void", {"reason": "again"})

    assert (answer.status_code, answer.json()["status"]) == (200, "void")
    assert answer.json()["void"]["reason"] == "a test call"
    assert again.json() == answer.json()
    assert QuarantinedEvent.objects.get().discarded_reason == "a test call"


def test_lists_tell_void_events_apart(caller: Caller) -> None:
    void, waiting = sent(caller, "void"), sent(caller, "waiting", customer_id="nobody")
    discarded, good = sent(caller, "discarded", customer_id="nobody"), sent(caller, "good")
    for event in (void, discarded):
        caller.post(f"/events/{event}/void", {"reason": "a test call"})

    def found(**query: str) -> set[str]:
        return {event["id"] for event in caller.get("/events", query).json()["data"]}

    assert found(status="void") == {void, discarded}
    assert found(status="accepted") == {good}
    assert found(status="quarantined") == {waiting}
    assert found() == {void, discarded, good, waiting}


@pytest.mark.parametrize(
    "body, pointer, code",
    [
        ({}, "/reason", "required"),
        ({"reason": "  "}, "/reason", "required"),
        ({"reason": 7}, "/reason", "required"),
        ({"reason": "x" * 501}, "/reason", "too_long"),
        ({"reason": "x", "why": "y"}, "", "unknown_field"),
        (["x"], "", "not_an_object"),
    ],
)
def test_a_void_needs_a_reason_and_nothing_else(
    caller: Caller, body: Any, pointer: str, code: str
) -> None:
    answer = caller.post(f"/events/{sent(caller)}/void", body)

    assert (answer.status_code, codes(answer)) == (422, [(pointer, code)])
    assert not EventVoid.objects.exists()


def test_events_of_others_are_not_there(caller: Caller, acme: Customer) -> None:
    event = sent(caller)
    other = Caller(make.api_key(make.partner(acme, name="Other"))[1])

    void = other.post(f"/events/{event}/void", {"reason": "x"})
    amended = other.put(f"/events/{event}", make.call_body("call"))

    assert (void.status_code, amended.status_code) == (404, 404)
    assert caller.post("/events/evt_none/void", {"reason": "x"}).status_code == 404


def test_reading_is_not_enough(caller: Caller, callwave: Partner) -> None:
    event = sent(caller)
    reader = Caller(make.api_key(callwave, scopes=[Scope.EVENTS_READ])[1])

    assert reader.post(f"/events/{event}/void", {"reason": "x"}).status_code == 403
    assert reader.put(f"/events/{event}", make.call_body("call")).status_code == 403


def test_an_amended_event_leads_to_what_stands_in_for_it(caller: Caller) -> None:
    event = sent(caller)

    answer = caller.put(f"/events/{event}?reason=wrong+minutes", make.call_body("call", minutes=9))

    result = answer.json()
    assert (answer.status_code, result["status"]) == (201, "accepted")
    assert answer["location"] == f"/api/v1/events/{result['id']}"
    old, new = caller.get(f"/events/{event}").json(), caller.get(f"/events/{result['id']}").json()
    assert old["status"] == "void"
    assert old["void"]["reason"] == "wrong minutes"
    assert old["void"]["replaced_by"] == result["id"]
    assert (new["status"], new["replaces"]) == ("accepted", event)
    assert new["meters"][0]["quantity"] == "9"
    assert old["meters"][0]["verdict"] == "void"


def test_without_a_time_it_happened_when_the_event_did(caller: Caller) -> None:
    event = sent(caller)

    result = caller.put(f"/events/{event}", make.call_body("call", minutes=9, occurred_at=None))

    amended = caller.get(f"/events/{result.json()['id']}").json()
    assert amended["occurred_at"] == "2024-11-05T10:00:00Z"


def test_the_same_amendment_again_is_a_duplicate(caller: Caller) -> None:
    event = sent(caller)
    first = caller.put(f"/events/{event}", make.call_body("call", minutes=9))

    second = caller.put(f"/events/{event}", make.call_body("call", minutes=9))

    assert (second.status_code, second.json()["status"]) == (200, "duplicate")
    assert second.json()["id"] == first.json()["id"]
    assert Event.objects.count() == 2


def test_a_body_that_changes_nothing_is_a_duplicate_of_the_event(caller: Caller) -> None:
    event = sent(caller)

    answer = caller.put(f"/events/{event}", make.call_body("call"))

    assert (answer.status_code, answer.json()["id"]) == (200, event)
    assert not EventVoid.objects.exists()


def test_another_amendment_is_a_conflict_with_both_bodies(caller: Caller) -> None:
    event = sent(caller)
    first = caller.put(f"/events/{event}", make.call_body("call", minutes=9)).json()["id"]

    answer = caller.put(f"/events/{event}", make.call_body("call", minutes=7))

    problem = answer.json()
    assert (answer.status_code, problem["id"]) == (409, first)
    assert problem["sent"]["properties"]["duration_minutes"] == 7
    assert problem["stored"]["properties"]["duration_minutes"] == 9
    assert problem["sent_hash"] != problem["stored_hash"]


@pytest.mark.parametrize(
    "fields, pointer, code",
    [
        ({"minutes": "many"}, "/properties/duration_minutes", "bad_value"),
        ({"customer_id": "nobody"}, "/customer_id", "unknown_customer"),
        ({"event_name": "unheard_of"}, "/event_name", "unknown_event_name"),
        ({"idempotency_key": "another"}, "/idempotency_key", "another_key"),
        ({"occurred_at": "yesterday"}, "/occurred_at", "not_a_time"),
    ],
)
def test_an_amendment_that_could_not_be_billed_is_refused_with_its_pointer(
    caller: Caller, fields: dict[str, Any], pointer: str, code: str
) -> None:
    event = sent(caller)
    body = make.call_body(**{"key": "call", **fields})

    answer = caller.put(f"/events/{event}", body)

    assert (answer.status_code, codes(answer)) == (422, [(pointer, code)])
    assert caller.get(f"/events/{event}").json()["status"] == "accepted"
    assert not QuarantinedEvent.objects.exists()


def test_what_is_void_or_waits_cannot_be_amended(caller: Caller) -> None:
    void, waiting = sent(caller, "void"), sent(caller, "waiting", customer_id="nobody")
    caller.post(f"/events/{void}/void", {"reason": "a test call"})

    for event, key in ((void, "void"), (waiting, "waiting")):
        answer = caller.put(f"/events/{event}", make.call_body(key, minutes=9))
        assert (answer.status_code, answer["content-type"]) == (409, PROBLEM)


def test_an_amended_event_is_voided_by_what_stands_in_for_it(caller: Caller) -> None:
    event = sent(caller)
    stands = caller.put(f"/events/{event}", make.call_body("call", minutes=9)).json()["id"]

    answer = caller.post(f"/events/{event}/void", {"reason": "a test call"})

    assert (answer.status_code, answer.json()["replaced_by"]) == (409, stands)
    assert caller.post(f"/events/{stands}/void", {"reason": "a test call"}).status_code == 200


def test_what_a_backfill_put_back_is_voided_by_its_own_id(
    caller: Caller, callwave: Partner
) -> None:
    event = sent(caller)
    backfill = open_backfill(
        source=Event.objects.get().source, customer=None,
        span=Period(make.NOVEMBER_1, make.NOVEMBER_1 + timedelta(days=30)), event_name="",
        replaces_existing=True, reason="lost log", now=timezone.now(),
    )  # fmt: skip
    start_closing(backfill_id=backfill.pk, now=timezone.now())
    while close_next(backfill_id=backfill.pk, now=timezone.now()):
        pass
    start_undoing(backfill_id=backfill.pk, now=timezone.now())
    while undo_next(backfill_id=backfill.pk, now=timezone.now()):
        pass

    answer = caller.post(f"/events/{event}/void", {"reason": "a test call"})

    stands = answer.json()["replaced_by"]
    assert answer.status_code == 409
    assert caller.get(f"/events/{stands}").json()["status"] == "accepted"


def test_an_event_that_is_seen_no_more_is_neither_voided_nor_amended(
    caller: Caller, callwave: Partner, acme: Customer
) -> None:
    event = sent(caller)
    basil = make.basil(is_sandbox=True, test_clock=acme.test_clock)
    callwave.customers.set([basil])

    answers = [
        caller.get(f"/events/{event}"),
        caller.post(f"/events/{event}/void", {"reason": "a test call"}),
        caller.post(f"/events/{event}/void", {}),
        caller.put(f"/events/{event}", make.call_body("call")),
        caller.put(f"/events/{event}", make.call_body("call", customer_id=basil.external_id)),
        caller.put(f"/events/{event}", b"{"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert {answer["content-type"] for answer in answers} == {PROBLEM}
    assert Event.objects.count() == 1
    assert not EventVoid.objects.exists()


def test_a_body_without_key_or_time_that_changes_nothing_is_a_duplicate(caller: Caller) -> None:
    event = sent(caller)
    body = make.call_body("call", occurred_at=None, idempotency_key=None)

    answer = caller.put(f"/events/{event}", body)

    assert (answer.status_code, answer.json()["id"]) == (200, event)
    assert not EventVoid.objects.exists()
