import json
from pathlib import Path
from typing import Any

import pytest

from plan_file.format.document import Document
from plan_file.format.reading import parse_document
from plan_file.output.call_file import CallFile
from plan_file.simulation import calls_in_order, simulate
from tests.plan_file.simulated import customer, document, event

VOICE = {
    "code": "voice",
    "kind": "call",
    "meter": "CALL",
    "rates": [{"prefix": "1", "rate_per_minute": "0.0140"}],
}
TIMES = {
    "d": "2026-02-03T10:00:00Z",
    "b": "2026-01-06T10:00:00.5Z",
    "a": "2026-01-06T12:00:00+02:00",
    "c": "2026-01-06T10:00:00Z",
    "e": "2026-01-05T10:00:00Z",
}


def _document(*prices: dict[str, Any], customers: tuple[str, ...] = ("acme",)) -> Document:
    call: dict[str, Any] = {"to_number": "+12125550111", "duration_seconds": 61}
    events = [event(key, at, "call", answer_at=at, **call) for key, at in TIMES.items()]
    events.append(event("f", "2026-01-20T10:00:00Z", "call", status="busy", **call))
    book = document(
        meters=[{"code": "CALL", "event_name": "call", "aggregation": "count"}],
        prices=list(prices),
        customers=[customer(name) for name in customers],
        events=events,
    )
    return parse_document(json.dumps(book), name="plan.json")


@pytest.mark.parametrize("in_order", [True, False])
def test_calls_of_one_contract_are_the_same_lines_written_at_once_or_in_the_end(
    tmp_path: Path, in_order: bool
) -> None:
    path = tmp_path / "calls.ndjson"
    file = CallFile(path, in_order=in_order)

    simulate(_document(VOICE), on_call=file.add)
    file.write()

    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["idempotency_key"] for line in lines] == list("eacbfd")


def test_only_calls_of_one_contract_at_one_price_are_sure_to_come_in_order() -> None:
    other = {**VOICE, "code": "other"}

    assert calls_in_order(_document(VOICE))
    assert not calls_in_order(_document(VOICE, customers=("acme", "basil")))
    assert not calls_in_order(_document(VOICE, other))
