"""POST /api/v1/events/batch."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Partner
from tests import factories as make
from tests.caller import Caller
from usage.api.back_pressure import gate
from usage.models import Event, EventKey
from usage.operations.accepting.conflicts import MOST_BYTES

pytestmark = pytest.mark.django_db


def send(caller: Caller, *events: Any, **headers: str) -> Any:
    return caller.post("/events/batch", {"events": list(events)}, **headers)


def test_each_item_gets_its_own_answer_and_nothing_else_is_lost(caller: Caller) -> None:
    caller.post("/events", make.call_body("known"))
    caller.post("/events", make.call_body("taken"))

    answer = send(
        caller,
        make.call_body("new"),
        make.call_body("known"),
        make.call_body("taken", minutes=99),
        make.call_body("lost", customer_id="nobody"),
        make.call_body("wrong", minutes="long"),
        "no event",
        make.call_body("last"),
    )

    result = answer.json()
    counts = {name: result[name] for name in result if name != "results"}
    assert answer.status_code == 200
    assert counts == {
        "accepted": 2,
        "duplicates": 1,
        "conflicts": 1,
        "quarantined": 1,
        "rejected": 2,
    }
    assert [(item["index"], item["status"]) for item in result["results"]] == [
        (0, "accepted"),
        (1, "duplicate"),
        (2, "conflict"),
        (3, "quarantined"),
        (4, "rejected"),
        (5, "rejected"),
        (6, "accepted"),
    ]
    assert set(Event.objects.values_list("idempotency_key", flat=True)) == {
        "known",
        "taken",
        "new",
        "last",
    }


def test_a_rejected_item_names_pointer_code_and_reason(caller: Caller) -> None:
    (result,) = send(caller, make.call_body("wrong", minutes="long")).json()["results"]

    assert result == {
        "index": 0,
        "status": "rejected",
        "errors": [
            {
                "pointer": "/properties/duration_minutes",
                "code": "bad_value",
                "detail": "'duration_minutes': 'long' is not a number such as 12 or 0.25",
            }
        ],
    }


def test_a_conflict_in_a_batch_shows_both_bodies(caller: Caller) -> None:
    stored, sent = make.call_body("k", minutes=1), make.call_body("k", minutes=2)
    caller.post("/events", stored)

    (result,) = send(caller, sent).json()["results"]

    assert (result["sent"], result["stored"]) == (sent, stored)
    assert result["sent_hash"] != result["stored_hash"]


def test_conflicts_whose_bodies_would_be_too_long_say_how_to_see_them(caller: Caller) -> None:
    stored = make.call_body("k", minutes=1)
    stored["properties"]["note"] = "x" * (MOST_BYTES // 3)
    event = caller.post("/events", stored).json()["id"]

    answer = send(caller, *(make.call_body("k", minutes=minutes) for minutes in range(2, 100)))

    first, second, *others = answer.json()["results"]
    hashes = {each.pop("sent_hash") for each in others}
    assert answer.json()["conflicts"] == 98
    assert len(answer.content) < MOST_BYTES
    assert first["stored"] == second["stored"] == stored
    assert len(hashes) == 96
    assert others[0] == {
        "index": 2,
        "status": "conflict",
        "id": event,
        "idempotency_key": "k",
        "stored_hash": first["stored_hash"],
        "detail": "with the bodies of all its conflicts the answer would be too long: sent alone, "
        f"this event shows both; GET /api/v1/events/{event} shows what is stored",
    }
    assert caller.get(f"/events/{event}").json()["event"] == stored


def test_one_key_twice_in_a_batch_is_one_event(caller: Caller) -> None:
    result = send(
        caller,
        make.call_body("k", minutes=1),
        make.call_body("k", minutes=1),
        make.call_body("k", minutes=2),
    ).json()

    assert [item["status"] for item in result["results"]] == ["accepted", "duplicate", "conflict"]
    assert Event.objects.count() == 1


def test_without_keys_the_header_and_the_position_are_the_keys(caller: Caller) -> None:
    bodies = [make.call_body("own"), make.call_body("unused", minutes=2)]
    del bodies[1]["idempotency_key"]

    first = send(caller, *bodies, Idempotency_Key="req-1").json()
    again = send(caller, *bodies, Idempotency_Key="req-1").json()

    assert [item["idempotency_key"] for item in first["results"]] == ["own", "req-1:1"]
    assert again["duplicates"] == 2


def test_without_any_key_only_that_item_is_refused(caller: Caller) -> None:
    bodies = [make.call_body("own"), make.call_body("unused")]
    del bodies[1]["idempotency_key"]

    result = send(caller, *bodies).json()

    assert (result["accepted"], result["rejected"]) == (1, 1)
    assert result["results"][1]["errors"][0]["code"] == "key_required"


def test_a_partner_without_keys_gets_a_warning_for_each(callwave: Partner, caller: Caller) -> None:
    callwave.requires_event_keys = False
    callwave.save()
    bodies = [make.call_body("own"), make.call_body("unused")]
    del bodies[1]["idempotency_key"]

    own, ours = send(caller, *bodies).json()["results"]

    assert "warning" not in own
    assert "Send an idempotency_key" in ours["warning"]


@pytest.mark.parametrize(
    "body, code, pointer",
    [
        ([], "not_an_object", ""),
        ("text", "not_an_object", ""),
        (None, "not_an_object", ""),
        ({}, "not_a_list", "/events"),
        ({"events": None}, "not_a_list", "/events"),
        ({"events": {}}, "not_a_list", "/events"),
        ({"events": []}, "empty", "/events"),
        ({"events": [], "more": 1}, "unknown_field", ""),
        (b'{"events": [], "events": []}', "duplicate_key", ""),
    ],
)
def test_what_is_no_batch_is_refused_whole(
    caller: Caller, body: Any, code: str, pointer: str
) -> None:
    answer = caller.post("/events/batch", body)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/api/docs/problems/#invalid-body"
    (error,) = answer.json()["errors"]
    assert (error["code"], error["pointer"]) == (code, pointer)


def test_more_than_ten_thousand_items_are_too_many(caller: Caller) -> None:
    answer = send(caller, *([{}] * 10_001))

    assert answer.status_code == 413
    assert "the limit is 10000" in answer.json()["detail"]


def test_ten_thousand_items_are_taken(caller: Caller) -> None:
    answer = send(caller, *([{}] * 10_000))

    assert answer.json()["rejected"] == 10_000


def test_the_number_of_queries_does_not_grow_with_the_batch(caller: Caller) -> None:
    send(caller, make.call_body("warm"), make.call_body("warm", customer_id="nobody"))

    def queries(name: str, count: int) -> int:
        gate.forget()
        with CaptureQueriesContext(connection) as captured:
            send(
                caller,
                *(make.call_body(f"{name}-{n}") for n in range(count)),
                *(make.call_body(f"{name}-q{n}", customer_id=f"nobody-{n}") for n in range(count)),
                make.call_body("warm"),
            )
        return len(captured)

    assert queries("small", 1) == queries("large", 100)


@pytest.mark.parametrize("count", [1, 100])
def test_a_batch_costs_sixteen_queries(caller: Caller, count: int) -> None:
    send(caller, make.call_body("warm"))
    gate.forget()

    with CaptureQueriesContext(connection) as captured:
        answer = send(caller, *(make.call_body(f"call-{n}") for n in range(count)))

    assert (answer.json()["accepted"], len(captured)) == (count, 16)


def test_items_of_two_customers_are_kept_apart(callwave: Partner, caller: Caller) -> None:
    callwave.customers.add(make.basil(is_sandbox=True))

    send(caller, make.call_body("a"), make.call_body("b", customer_id="basil"))

    assert dict(Event.objects.values_list("idempotency_key", "customer__external_id")) == {
        "a": "acme",
        "b": "basil",
    }


def test_a_rejected_batch_stores_nothing(caller: Caller) -> None:
    caller.post("/events/batch", b'{"events": [' + b"{}," * 3)

    assert not EventKey.objects.exists()
