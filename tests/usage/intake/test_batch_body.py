"""Lines of events, and how much one body may hold."""

import pytest

from usage.intake.batch_body import (
    MAXIMUM_ITEMS,
    MOST_VALUES,
    NotABatch,
    TooMuch,
    read_batch,
    read_lines,
    refuse_too_many_values,
)
from usage.intake.json_body import NotJson
from usage.intake.sent_event import Rejected, SentEvent

GOOD = b'{"customer_id":"acme","event_name":"ai_call"}'


def kinds(body: bytes) -> list[tuple[int, str]]:
    read = read_lines(body)
    return [
        (place, "good" if isinstance(item, SentEvent) else item.faults[0].code)
        for place, item in zip(read.places, read.items, strict=True)
    ]


@pytest.mark.parametrize(
    "body, found",
    [
        (GOOD, [(0, "good")]),
        (GOOD + b"\n", [(0, "good")]),
        (GOOD + b"\r\n" + GOOD + b"\r\n", [(0, "good"), (1, "good")]),
        (b"\n" + GOOD + b"\n\n \t\r\n" + GOOD, [(1, "good"), (4, "good")]),
        (GOOD + b"\n" + GOOD[:-5], [(0, "good"), (1, "not_json")]),
        (GOOD + b"\n{}\n" + GOOD, [(0, "good"), (1, "required"), (2, "good")]),
        (b"\xef\xbb\xbf" + GOOD + b"\n" + GOOD, [(0, "not_json"), (1, "good")]),
        (b"\xff\n" + GOOD, [(0, "not_json"), (1, "good")]),
        (GOOD + b"\r" + GOOD, [(0, "not_json")]),
        (GOOD + b" " + GOOD, [(0, "not_json")]),
        (GOOD + b",\n" + GOOD, [(0, "not_json"), (1, "good")]),
        (b"[" + GOOD + b"]", [(0, "not_an_object")]),
    ],
)
def test_a_line_is_an_event_or_costs_itself_alone(
    body: bytes, found: list[tuple[int, str]]
) -> None:
    assert kinds(body) == found


def test_a_line_that_is_no_json_is_told_where() -> None:
    (item,) = read_lines(b'{"a": }').items

    assert isinstance(item, Rejected)
    assert item.faults[0].detail == "the line is not JSON at column 7: Expecting value"


def test_a_first_line_behind_a_byte_order_mark_says_so() -> None:
    first, second = read_lines(b"\xef\xbb\xbf" + GOOD + b"\n" + GOOD).items

    assert isinstance(first, Rejected)
    assert isinstance(second, SentEvent)
    assert first.faults[0].detail == (
        "the line begins with a byte order mark (EF BB BF); send it without"
    )


def test_a_batch_behind_a_byte_order_mark_says_so() -> None:
    with pytest.raises(NotJson, match="the body begins with a byte order mark"):
        read_batch(b'\xef\xbb\xbf{"events": [' + GOOD + b"]}")


@pytest.mark.parametrize("body", [b"", b"\n", b" \r\n\t\n"])
def test_lines_without_anything_are_no_batch(body: bytes) -> None:
    with pytest.raises(NotABatch):
        read_lines(body)


def test_as_many_lines_as_a_batch_has_items() -> None:
    assert len(read_lines(b"{}\n" * MAXIMUM_ITEMS).items) == MAXIMUM_ITEMS
    with pytest.raises(TooMuch):
        read_lines(b"{}\n" * MAXIMUM_ITEMS + b"{}")


def test_a_body_of_too_many_values_is_not_read() -> None:
    refuse_too_many_values(b"[" + b"," * (MOST_VALUES - 1))
    with pytest.raises(TooMuch):
        refuse_too_many_values(b"[" * MOST_VALUES + b",")


@pytest.mark.parametrize(
    "body, code, pointer",
    [
        (b"[]", "not_an_object", ""),
        (b'"events"', "not_an_object", ""),
        (b'{"events": []}', "empty", "/events"),
        (b'{"events": {}}', "not_a_list", "/events"),
        (b"{}", "not_a_list", "/events"),
        (b'{"events": [{}], "more": 1}', "unknown_field", ""),
        (b'{"more": 1, "events": [{}], "events": [{}]}', "duplicate_key", ""),
    ],
)
def test_what_is_no_batch_says_why(body: bytes, code: str, pointer: str) -> None:
    with pytest.raises(NotABatch) as refused:
        read_batch(body)

    assert (refused.value.fault.code, refused.value.fault.pointer) == (code, pointer)


def test_an_item_that_is_no_json_is_told_by_its_place_in_the_body() -> None:
    with pytest.raises(NotJson, match="not UTF-8 at byte 23"):
        read_batch(b'{"events": [{}, {"a": "\xff"}]}')
