"""Whatever is sent gets a clear answer, never a 500, and costs only itself."""

import gzip

import pytest

from tests import factories as make
from tests.caller import PROBLEM, Caller
from tests.usage.hostile import DEEP, MEMBERS, PROPERTIES, nested
from usage.models import Event, EventKey, Reading

pytestmark = pytest.mark.django_db

GOOD = '{"customer_id": "acme", "event_name": "ai_call", "idempotency_key": "good", '
GOOD += '"occurred_at": "2024-11-05T10:00:00Z", "properties": {"duration_minutes": 1}}'
ITEMS = [
    pytest.param(
        f'{{"customer_id": "acme", "event_name": "ai_call", "idempotency_key": "k", '
        f'"occurred_at": "2024-11-05T10:00:00Z", "properties": {properties}}}',
        code, pointer, id=f"properties: {name}",
    )
    for name, properties, code, pointer in PROPERTIES
] + [
    pytest.param(
        f'{{"customer_id": "acme", "event_name": "ai_call", {members}}}',
        code, pointer, id=f"members: {name}",
    )
    for name, members, code, pointer in MEMBERS
]  # fmt: skip


@pytest.mark.parametrize("item, code, pointer", ITEMS)
def test_a_bad_item_is_rejected_alone_with_code_and_pointer(
    caller: Caller, item: str, code: str, pointer: str
) -> None:
    body = f'{{"events": [{item}, {GOOD}]}}'.encode()

    answer = caller.post("/events/batch", body, Idempotency_Key="h")

    rejected, accepted = answer.json()["results"]
    assert answer.status_code == 200
    assert (code, pointer) in {(e["code"], e["pointer"]) for e in rejected["errors"]}
    assert accepted["status"] == "accepted"
    assert Event.objects.count() == 1


@pytest.mark.parametrize("item, code, pointer", ITEMS)
def test_a_bad_event_alone_is_a_problem_with_code_and_pointer(
    caller: Caller, item: str, code: str, pointer: str
) -> None:
    answer = caller.post("/events", item.encode(), Idempotency_Key="h")

    problem = answer.json()
    assert answer.status_code == problem["status"] == 422
    assert answer["Content-Type"] == PROBLEM
    assert problem["type"] == "/api/docs/problems/#event-rejected"
    assert (code, pointer) in {(e["code"], e["pointer"]) for e in problem["errors"]}
    assert not EventKey.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="unfinished"),
        pytest.param(b"{'a': 1}", id="single quotes"),
        pytest.param(b'{"a": 1} x', id="more behind"),
        pytest.param(b'{"a": "\x00"}', id="raw NUL"),
        pytest.param(b'{"a": "\xff"}', id="no UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b"[" * DEEP, id="deep and unfinished"),
        pytest.param(b"[" * DEEP + b"}" * DEEP, id="deep and mismatched"),
        pytest.param(nested(DEEP).encode() + b"x", id="deep with more behind"),
        pytest.param(b"[" * DEEP + b'"' + b'\\"' * DEEP, id="deep with an open string"),
        pytest.param(b'{"a": +1}', id="plus sign"),
        pytest.param(b'{"a": .5}', id="no digit before the point"),
    ],
)
@pytest.mark.parametrize("path", ["/events", "/events/batch"])
def test_what_is_no_json_is_refused_whole(caller: Caller, path: str, body: bytes) -> None:
    answer = caller.post(path, body)

    assert answer.status_code == 400
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["type"] == "/api/docs/problems/#invalid-json"


def test_a_body_over_five_megabytes_is_refused_with_the_limit(caller: Caller) -> None:
    answer = caller.post("/events/batch", b" " * (5 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert answer["Content-Type"] == PROBLEM
    assert "5 MB (5242880 bytes)" in answer.json()["detail"]


def test_a_body_of_five_megabytes_is_read(caller: Caller) -> None:
    body = f'{{"events": [{GOOD}]}}'.encode()

    answer = caller.post("/events/batch", body.ljust(5 * 1024 * 1024))

    assert answer.json()["accepted"] == 1


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_media_type_is_refused(caller: Caller, media_type: str) -> None:
    answer = caller.post("/events", GOOD.encode(), Content_Type=media_type)

    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


def test_a_body_may_be_gzip(caller: Caller) -> None:
    answer = caller.post("/events", gzip.compress(GOOD.encode()), Content_Encoding="gzip")

    assert answer.status_code == 201
    assert Event.objects.get().idempotency_key == "good"


def test_a_chunked_body_needs_a_length(caller: Caller) -> None:
    answer = caller.post("/events", b"", Transfer_Encoding="chunked")

    assert answer.status_code == 411


def test_a_length_that_is_no_number_is_refused(caller: Caller) -> None:
    answer = caller.client.generic(
        "POST",
        "/api/v1/events",
        GOOD.encode(),
        "application/json",
        CONTENT_LENGTH="many",
        headers={"Authorization": f"Bearer {caller.key}"},
    )

    assert answer.status_code == 411


def test_a_charset_in_the_media_type_does_no_harm(caller: Caller) -> None:
    answer = caller.post("/events", GOOD.encode(), Content_Type="application/json; charset=utf-8")

    assert answer.status_code == 201


def test_an_unknown_query_parameter_is_refused_before_anything_is_stored(caller: Caller) -> None:
    answer = caller.post("/events?dry_run=true", GOOD.encode())

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "dry_run"
    assert not EventKey.objects.exists()


def test_a_meter_that_allows_it_takes_a_negative_quantity(caller: Caller) -> None:
    meter = make.ai_call_meter()
    meter.allows_negative = True
    meter.save()

    answer = caller.post("/events", make.call_body("k", minutes=-5))

    assert answer.status_code == 201
    assert Reading.objects.get().quantity == -5


@pytest.mark.parametrize("region", ["x" * 200_000, "US\u202e", "US\x1b[2J"])
def test_a_group_key_that_cannot_be_printed_costs_its_item_alone(
    caller: Caller, region: str
) -> None:
    bad = make.call_body("bad", region=region)

    answer = caller.post("/events/batch", {"events": [bad, make.call_body("good")]})

    refused, taken = answer.json()["results"]
    assert (refused["status"], taken["status"]) == ("rejected", "accepted")
    (error,) = refused["errors"]
    assert (error["code"], error["pointer"]) == ("bad_value", "/properties/region")


def test_a_name_of_a_megabyte_is_not_sent_back_whole(caller: Caller) -> None:
    answer = caller.post("/events", {"x" * 1_000_000: 1}, Idempotency_Key="h")

    assert answer.status_code == 422
    assert len(answer.content) < 5_000


def test_a_hundred_thousand_mistakes_are_not_all_listed(caller: Caller) -> None:
    answer = caller.post("/events", {"properties": ["\x00"] * 100_000})

    assert len(answer.json()["errors"]) == 20
