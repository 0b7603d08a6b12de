"""What a mapping is guessed to be, from headings and rows that nobody has seen before."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from usage.files.guess import guess
from usage.files.mapping import FileMapping, Origin, PropertyType
from usage.files.ready import READY
from usage.files.ready.ready_mapping import ReadyMapping
from usage.files.rows import Row, Unusable


def type_of(*cells: Any, heading: str = "value") -> PropertyType:
    """Return what the last of four columns is taken for."""
    columns = ("account", "call_id", "at", heading)
    rows = [
        Row(number, ["acme", f"c-{number}", "2024-11-05T10:00:00Z", each])
        for number, each in enumerate(cells, start=2)
    ]
    (event,) = guess(columns, rows).events
    return next(rule.type for rule in event.properties if rule.origin == Origin((heading,)))


@pytest.mark.parametrize(
    "cells, found",
    [
        (["5", "0.25"], PropertyType.NUMBER),
        ([5, Decimal("0.25")], PropertyType.NUMBER),
        (["0", "1"], PropertyType.NUMBER),
        (["yes", "No"], PropertyType.BOOLEAN),
        ([True, "no"], PropertyType.BOOLEAN),
        ([True, False], PropertyType.BOOLEAN),
        (["2024-11-05T10:00:00Z"], PropertyType.TIME),
        (["0000-00-00 00:00:00", "2024-11-05T10:00:00Z"], PropertyType.TIME),
        (["0000-00-00 00:00:00"], PropertyType.TEXT),
        (["0"], PropertyType.NUMBER),
        (["1730800800"], PropertyType.NUMBER),
        (["+15550100"], PropertyType.TEXT),
        (["007"], PropertyType.TEXT),
        (["x", "5"], PropertyType.TEXT),
        ([[1]], PropertyType.TEXT),
        ([datetime(2024, 11, 5)], PropertyType.TEXT),  # noqa: DTZ001  cells know no zone
        ([None, "", Unusable("formula", "never calculated")], PropertyType.TEXT),
    ],
)
def test_a_column_is_what_all_its_values_are(cells: list[Any], found: PropertyType) -> None:
    assert type_of(*cells) is found


def test_numbers_of_telephones_are_text_and_so_are_digits_that_might_be_a_time() -> None:
    assert type_of("5550100", heading="caller_number") is PropertyType.TEXT
    assert type_of("1730800800", heading="zip") is PropertyType.TEXT


def test_without_a_heading_that_says_so_the_time_is_the_column_that_holds_times() -> None:
    rows = [Row(2, ["acme", "x", "2024-11-05T10:00:00Z"])]

    (event,) = guess(("who", "what", "moment"), rows).events

    assert event.occurred_at.origin == Origin(("moment",))
    assert event.customer == Origin(("who",))


@pytest.mark.parametrize(
    "headings, times",
    [
        (("id", "answer_time", "start_time"), ("answer_time", "start_time")),
        (("id", "Start Time", "Answer Time"), ("Answer Time", "Start Time")),
        (("id", "answer", "calldate", "end"), ("answer", "calldate")),
        (("id", "answer_time"), ("answer_time",)),
        (("id", "start_time", "end_time"), ("start_time",)),
        (("id", "occurred_at", "answer_time", "start_time"), ("occurred_at",)),
    ],
)
def test_the_time_is_that_of_the_answer_and_where_nobody_answered_of_the_start(
    headings: tuple[str, ...], times: tuple[str, ...]
) -> None:
    (event,) = guess(headings, []).events

    assert event.occurred_at.origin == Origin(times)


def test_a_time_that_is_only_looked_at_in_need_stays_a_property() -> None:
    (event,) = guess(("id", "connected_at", "created_at", "units"), []).events

    assert event.occurred_at.origin == Origin(("connected_at", "created_at"))
    assert [rule.name for rule in event.properties] == ["created_at", "units"]


def test_objects_that_are_events_of_our_api_need_no_mapping() -> None:
    sent = {
        "customer_id": "acme", "event_name": "call", "idempotency_key": "a",
        "occurred_at": "2024-11-05T10:00:00Z", "properties": {"minutes": 5},
    }  # fmt: skip

    assert guess(None, [Row(1, sent)]) == FileMapping()


def test_values_inside_of_objects_are_looked_at() -> None:
    rows = [
        Row(1, {"id": "a", "at": "2024-11-05T10:00:00Z", "cost": {"total": 5}}),
        Row(2, {"id": "b", "at": "2024-11-05T10:00:00Z", "cost": "none"}),
    ]

    (event,) = guess(None, rows).events

    types = {rule.origin.columns: rule.type for rule in event.properties}
    assert types["cost.total",] is PropertyType.NUMBER


@pytest.mark.parametrize("ready", READY, ids=lambda ready: ready.code)
def test_a_ready_mapping_leaves_out_the_events_of_which_nothing_is_there(
    ready: ReadyMapping,
) -> None:
    assert ready.fitted(["nothing"], are_all=True).events == ()
