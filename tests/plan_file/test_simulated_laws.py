"""Laws: neither the order of events, nor copies of them, nor their file change a byte."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_file.format.event_files import read_events
from plan_file.format.reading import parse_document
from plan_file.output.json_text import json_text
from plan_file.output.table import table_text
from plan_file.simulation import simulate
from tests.plan_file.simulated import Printed, customer, document, event


def _book() -> dict[str, Any]:
    minutes = {"event_name": "usage", "aggregation": "sum", "property": "minutes"}
    return document(
        meters=[
            {"code": "MINUTES", **minutes, "group_keys": ["region"], "unit": "minute"},
            {"code": "CALL", "event_name": "call", "aggregation": "count"},
            {"code": "PEAK", "event_name": "usage", "aggregation": "max", "property": "minutes"},
        ],
        prices=[
            {
                "code": "minutes",
                "kind": "usage",
                "meter": "MINUTES",
                "model": "graduated",
                "tiers": [
                    {"up_to": "5", "unit_price": "0.333"},
                    {"up_to": None, "unit_price": "0.1", "flat_fee": "2"},
                ],
                "included": {"quantity": "2", "pool": "all", "scope": "group"},
            },
            {
                "code": "voice",
                "kind": "call",
                "meter": "CALL",
                "rates": [{"prefix": "1", "rate_per_minute": "0.0140"}],
                "bundles": [{"code": "free", "seconds": 90, "rollover": {"periods": 1}}],
            },
            {
                "code": "peak",
                "kind": "usage",
                "meter": "PEAK",
                "model": "per_unit",
                "unit_price": "0.01",
            },
        ],
        plans=[
            {
                "code": "basic",
                "prices": ["minutes", "voice", "peak"],
                "grants": [{"code": "free", "amount": "0.50", "kind": "promotional"}],
            }
        ],
        customers=[
            customer("head", subjects=[{"id": "agent", "to": "2026-01-20"}]),
            customer("child", parent="head", bill_to_parent=True),
        ],
    )


def _events() -> list[Printed]:
    found = []
    for number in range(12):
        at = f"2026-0{1 + number % 2}-{10 + number}T10:00:00Z"
        of = ("head", "child", "agent", "nobody")[number % 4]
        found.append(event(f"u{number}", at, "usage", of, minutes=str(number % 5), region="US"))
        found.append(
            event(
                f"c{number}",
                at,
                "call",
                of,
                to_number="+12125550111" if number % 3 else "+4420",
                answer_at=f"2026-01-{10 + number}T10:00:0{number % 2}Z",
                duration_seconds=str(20 * number),
            )
        )
    return [*found, event("u1", "2026-01-11T00:00:00Z", "usage", "head", minutes="9")]


BOOK = _book()
EVENTS = _events()
EXPECTED_KEYS = {"invoices", "calls", "wallets", "quarantined", "conflicts"}


def _bytes(events: list[Printed], path: Path | None = None) -> str:
    parsed = parse_document(json.dumps({**copy.deepcopy(BOOK), "events": events}), name="p.json")
    given = () if path is None else read_events(path, zone="UTC")
    return json_text(simulate(parsed, given))


WHOLE = _bytes(EVENTS)


def test_the_document_of_the_laws_has_something_of_everything() -> None:
    printed = json.loads(WHOLE)

    assert {key for key, rows in printed.items() if rows} == EXPECTED_KEYS
    sections = {line["section"] for invoice in printed["invoices"] for line in invoice["lines"]}
    assert sections == {"included", "usage", "telephony"}


def test_the_same_document_prints_the_same_bytes_again() -> None:
    assert _bytes(EVENTS) == WHOLE


# The copy with another body stays behind the first: which of the two counts is their order.
@settings(max_examples=25, deadline=None)
@given(st.permutations(EVENTS[:-1]))
def test_the_order_of_events_changes_nothing(events: list[Printed]) -> None:
    assert _bytes([*events, EVENTS[-1]]) == WHOLE


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(EVENTS[:-1]), max_size=10))
def test_copies_of_events_change_nothing(copies: list[Printed]) -> None:
    assert _bytes([*EVENTS[:-1], *copies, EVENTS[-1]]) == WHOLE


@pytest.mark.parametrize("suffix", ["ndjson", "csv"])
@pytest.mark.parametrize("split", [0, 7, len(EVENTS)])
def test_events_may_stand_in_the_document_or_in_a_file(
    split: int, suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"usage.{suffix}"
    in_file = EVENTS[split:]
    if suffix == "csv":
        path.write_text(_csv(in_file), encoding="utf-8")
    else:
        path.write_text("".join(f"{json.dumps(each)}\n" for each in in_file), encoding="utf-8")

    assert _bytes(EVENTS[:split], path) == WHOLE


def test_what_is_printed_of_a_period_does_not_depend_on_how_far_is_billed() -> None:
    parsed = parse_document(json.dumps({**BOOK, "events": EVENTS}), name="p.json")
    near, far = (
        json.loads(json_text(simulate(parsed, to_date=to_date)))["invoices"]
        for to_date in (date(2026, 2, 1), date(2026, 6, 1))
    )

    assert near == [invoice for invoice in far if invoice["period_start"] == "2026-01-01"]
    assert near != []


def test_the_table_is_the_same_again_too() -> None:
    parsed = parse_document(json.dumps({**BOOK, "events": EVENTS}), name="p.json")

    assert table_text(simulate(parsed)) == table_text(simulate(parsed))


def _csv(events: list[Printed]) -> str:
    names = sorted({name for each in events for name in each["properties"]})
    columns = ["idempotency_key", "event_name", "customer", "occurred_at"]
    rows = [
        [*(each[column] for column in columns), *(each["properties"].get(n, "") for n in names)]
        for each in events
    ]
    return "".join(",".join(row) + "\n" for row in [[*columns, *names], *rows])
