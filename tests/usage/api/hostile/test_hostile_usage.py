"""Some four hundred hostile inputs: a clear answer to each, and the rest of the batch is stored."""

import codecs
import gzip
import json
from typing import Any

import pytest

from tests.caller import PROBLEM, Caller
from tests.usage.api.hostile.bodies import (
    BATCH,
    GOOD,
    GZIP_BODIES,
    HEADERS,
    JSON_BODIES,
    LINE,
    NDJSON_BODIES,
)
from tests.usage.api.hostile.values import NOT_JSON, OK, PLACES, TIMES, VALUES
from usage.models import Event, EventKey, UsageReceipt

pytestmark = pytest.mark.django_db

NDJSON = "application/x-ndjson"


def with_value(place: str, text: str) -> str:
    """Return an event as JSON with this text at the place."""
    properties = {"duration_minutes": "1", "region": '"US"'}
    members = {"customer_id": '"acme"', "event_name": '"ai_call"', "idempotency_key": '"odd"'}
    if place in ("number", "group"):
        properties["duration_minutes" if place == "number" else "region"] = text
    else:
        members[place] = text
    members["properties"] = _object(properties)
    return _object(members)


def _object(members: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {text}' for name, text in members.items()) + "}"


ITEMS = [
    (f"{name} as {place}", with_value(place, text), code)
    for name, text, codes in VALUES
    for place, code in zip(PLACES, codes, strict=True)
] + [(f"time {text!a}", with_value("occurred_at", json.dumps(text)), code) for text, code in TIMES]


def is_problem(answer: Any, status: int, kind: str) -> bool:
    """Return whether the answer is a problem of this kind, with all that one has."""
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    assert problem["status"] == status
    assert set(problem) >= {"type", "title", "detail", "instance", "errors"}
    return bool(problem["type"] == f"/api/docs/problems/#{kind}")


def codes_of(result: dict[str, Any]) -> set[str]:
    return {error["code"] for error in result.get("errors", [])}


@pytest.mark.parametrize(
    "item, code", [pytest.param(item, code, id=name) for name, item, code in ITEMS]
)
def test_a_bad_item_of_a_batch_costs_itself_alone(caller: Caller, item: str, code: str) -> None:
    answer = caller.post("/events/batch", f'{{"events": [{item}, {json.dumps(GOOD)}]}}'.encode())

    if code == NOT_JSON:
        assert is_problem(answer, 400, "invalid-json")
        assert not EventKey.objects.exists()
        return
    odd, good = answer.json()["results"]
    assert (answer.status_code, good["status"]) == (200, "accepted")
    if code == OK:
        assert odd["status"] in ("accepted", "quarantined")
    else:
        assert odd["status"] == "rejected"
        assert code in codes_of(odd)
    assert Event.objects.filter(idempotency_key="good").count() == 1


def test_all_bad_items_in_lines_are_refused_one_by_one(caller: Caller) -> None:
    wanted = [(item, code) for _, item, code in ITEMS if "\n" not in item and len(item) < 100_000]
    lines = [item.encode() for item, _ in wanted]

    answer = caller.post("/events/batch", b"\n".join([*lines, LINE]), Content_Type=NDJSON).json()

    assert len(wanted) > 300
    for (item, code), result in zip(wanted, answer["results"][:-1], strict=True):
        told = codes_of(result) or {OK}
        assert code in told, item
    assert answer["results"][-1]["status"] == "accepted"
    assert UsageReceipt.objects.get().received == len(lines) + 1


@pytest.mark.parametrize(
    "body, status, kind", [pytest.param(*rest, id=name) for name, *rest in JSON_BODIES]
)
def test_what_is_no_batch_is_a_problem(caller: Caller, body: bytes, status: int, kind: str) -> None:
    assert is_problem(caller.post("/events/batch", body), status, kind)
    assert not EventKey.objects.exists()
    assert not UsageReceipt.objects.exists()


@pytest.mark.parametrize(
    "body, status, kind", [pytest.param(*rest, id=name) for name, *rest in GZIP_BODIES]
)
@pytest.mark.parametrize("path", ["/events", "/events/batch"])
def test_what_is_no_gzip_of_a_batch_is_a_problem(
    caller: Caller, path: str, body: bytes, status: int, kind: str
) -> None:
    answer = caller.post(path, body, Content_Encoding="gzip")

    assert is_problem(answer, status, kind)
    assert not EventKey.objects.exists()


@pytest.mark.parametrize(
    "headers, status, kind", [pytest.param(*rest, id=name) for name, *rest in HEADERS]
)
def test_a_request_with_odd_fields_is_a_problem(
    caller: Caller, headers: dict[str, str], status: int, kind: str
) -> None:
    assert is_problem(caller.post("/events/batch", BATCH, **headers), status, kind)
    assert not EventKey.objects.exists()


@pytest.mark.parametrize(
    "body, found", [pytest.param(*rest, id=name) for name, *rest in NDJSON_BODIES]
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_bad_line_costs_itself_alone(
    caller: Caller, body: bytes, found: list[str], packed: bool
) -> None:
    headers = {"Content_Type": NDJSON, **({"Content_Encoding": "gzip"} if packed else {})}

    answer = caller.post("/events/batch", gzip.compress(body) if packed else body, **headers)

    told = [codes_of(result) or {result["status"]} for result in answer.json()["results"]]
    assert answer.status_code == 200
    assert [code in codes for code, codes in zip(found, told, strict=True)] == [True] * len(found)
    assert Event.objects.count() == ("accepted" in found)


@pytest.mark.parametrize("body", [b"", b"\n", b"\r\n \n"])
def test_lines_without_anything_are_a_problem(caller: Caller, body: bytes) -> None:
    answer = caller.post("/events/batch", body, Content_Type=NDJSON)

    assert is_problem(answer, 422, "invalid-body")


def test_more_than_ten_thousand_lines_are_a_problem(caller: Caller) -> None:
    answer = caller.post("/events/batch", b"{}\n" * 10_001, Content_Type=NDJSON)

    assert is_problem(answer, 413, "too-large")


def test_lines_are_for_batches_alone(caller: Caller) -> None:
    answer = caller.post("/events", LINE, Content_Type=NDJSON)

    assert is_problem(answer, 415, "unsupported-media-type")


def test_an_encoding_that_is_not_taken_is_answered_with_the_one_that_is(caller: Caller) -> None:
    answer = caller.post("/events/batch", BATCH, Content_Encoding="br")

    assert answer["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "path, body", [("/events", LINE), ("/events/batch", BATCH)], ids=["one", "batch"]
)
def test_a_byte_order_mark_is_told_by_its_name(caller: Caller, path: str, body: bytes) -> None:
    answer = caller.post(path, codecs.BOM_UTF8 + body)

    assert is_problem(answer, 400, "invalid-json")
    assert answer.json()["detail"] == (
        "The body begins with a byte order mark (EF BB BF); send it without."
    )


def test_a_byte_order_mark_before_the_first_line_is_told_by_its_name(caller: Caller) -> None:
    body = codecs.BOM_UTF8 + LINE + b"\n" + LINE

    first, second = caller.post("/events/batch", body, Content_Type=NDJSON).json()["results"]

    assert [error["detail"] for error in first["errors"]] == [
        "the line begins with a byte order mark (EF BB BF); send it without"
    ]
    assert second["status"] == "accepted"
