"""An event as it was sent: what is one, and when two are the same."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.usage.hostile import MEMBERS
from usage.intake import sent_event
from usage.intake.json_body import read_json
from usage.intake.quick_event import read_item
from usage.intake.sent_event import (
    MOST_FAULTS,
    MOST_LETTERS_OF_FAULTS,
    Rejected,
    SentEvent,
    event_key_of,
    read_event,
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.decimals(allow_nan=False, allow_infinity=False, places=6).map(str)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcé/~ ", min_size=1, max_size=4), inner, max_size=4)
    ),
    max_leaves=10,
)


WIDE = "\N{GRINNING FACE}"


def event(text: str) -> SentEvent:
    return read_event(read_json(text.encode()))


def quickly(text: str) -> SentEvent:
    found = read_item(text.encode())
    assert isinstance(found, SentEvent)
    return found


def body(members: str = "") -> str:
    return '{"customer_id": "acme", "event_name": "ai_call"' + members + "}"


def test_an_event_is_read_as_it_is() -> None:
    text = body(', "idempotency_key": "k", "occurred_at": "2024-11-05T12:00:00.5+02:00"')

    found = event(text)

    assert (found.customer, found.event_name, found.idempotency_key) == ("acme", "ai_call", "k")
    assert found.occurred_at == datetime(2024, 11, 5, 10, 0, 0, 500_000, tzinfo=UTC)
    assert found.properties == {}


def test_a_number_as_customer_is_its_text() -> None:
    assert event('{"customer": 17, "event_name": "ai_call"}').customer == "17"


@pytest.mark.parametrize(
    "_, members, code, pointer", [m for m in MEMBERS if m[2] != "too_far_ahead"]
)
def test_a_bad_member_is_named(_: str, members: str, code: str, pointer: str) -> None:
    with pytest.raises(Rejected) as caught:
        event(body(f", {members}"))

    assert (code, pointer) in {(fault.code, fault.pointer) for fault in caught.value.faults}


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(Rejected) as caught:
        event('{"event_name": "", "occurred_at": 5, "properties": 7}')

    assert [fault.pointer for fault in caught.value.faults] == [
        "/customer_id",
        "/event_name",
        "/occurred_at",
        "/properties",
    ]


@pytest.mark.parametrize(
    "one, other",
    [
        (body(), '{"event_name": "ai_call", "customer_id": "acme"}'),
        (body(), '{"event_name": "ai_call", "customer": "acme"}'),
        (
            '{"customer": null, "customer_id": "acme", "event_name": "n"}',
            '{"customer_id": "acme", "event_name": "n"}',
        ),
        (body(', "properties": {"a": 5, "b": 1}'), body(', "properties": {"b": 1, "a": 5}')),
        (body(', "properties": {"a": "é"}'), body(', "properties": {"a": "\\u00e9"}')),
    ],
)  # fmt: skip
def test_the_order_and_the_name_of_the_customer_do_not_count(one: str, other: str) -> None:
    assert event(one).fingerprint() == event(other).fingerprint()


@pytest.mark.parametrize(
    "one, other",
    [
        (body(), body(', "properties": {}')),
        (body(', "properties": {"a": 5}'), body(', "properties": {"a": "5"}')),
        (body(', "properties": {"a": 5}'), body(', "properties": {"a": 5.0}')),
        (body(', "properties": {"a": true}'), body(', "properties": {"a": 1}')),
        (body(', "properties": {"a": null}'), body(', "properties": {}')),
        (body(', "properties": {"a": [1, 2]}'), body(', "properties": {"a": [2, 1]}')),
        (body(', "properties": {"a": 1e-40}'), body(', "properties": {"a": 1.1e-40}')),
        (
            '{"customer": null, "customer_id": "acme", "event_name": "n"}',
            '{"customer": null, "customer_id": "basil", "event_name": "n"}',
        ),
        (
            body(f', "properties": {{"a": {"1" * 60}2}}'),
            body(f', "properties": {{"a": {"1" * 60}3}}'),
        ),
    ],
)
def test_other_values_are_another_event(one: str, other: str) -> None:
    assert event(one).fingerprint() != event(other).fingerprint()


@pytest.fixture
def hinted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names for which something near was looked for."""
    asked: list[str] = []

    def counted(name: str, *arguments: Any, **options: Any) -> list[str]:
        asked.append(name)
        return get_close_matches(name, *arguments, **options)

    monkeypatch.setattr(sent_event, "get_close_matches", counted)
    return asked


def rejected(item: object) -> Rejected:
    with pytest.raises(Rejected) as caught:
        read_event(item)
    return caught.value


def test_a_hint_is_looked_for_once_in_an_item(hinted: list[str]) -> None:
    unknown = {"event_nam": 1, "custmer": 2, **{f"name_{number}": 1 for number in range(1000)}}

    found = rejected({"customer_id": "acme", "event_name": "n", **unknown}).faults

    assert hinted == ["event_nam"]
    assert len(found) == MOST_FAULTS
    assert [fault.detail for fault in found[:2]] == [
        "unknown field 'event_nam', did you mean 'event_name'?",
        "unknown field 'custmer'",
    ]


def test_no_hint_is_looked_for_where_none_can_be(hinted: list[str]) -> None:
    nearest = "idempotency_key" + "x" * 20

    found = [
        rejected({"customer_id": "acme", "event_name": "n", name: 1})
        for name in (nearest, f"{nearest}x")
    ]

    assert hinted == [nearest]
    assert [str(each) for each in found] == [
        f"unknown field '{nearest}', did you mean 'idempotency_key'?",
        f"unknown field '{nearest}x'; it belongs into properties",
    ]


@pytest.mark.parametrize("names", [["NaN"] * 20, ["NaN"]], ids=["many", "one"])
def test_mistakes_are_told_up_to_some_letters_and_the_first_one_always(names: list[str]) -> None:
    long = "n" * 255
    inner = f'{{"{long}": ' * 10 + f"[{', '.join(names)}]" + "}" * 10

    (only,) = rejected(read_json(inner.encode())).faults

    assert only.pointer == f"/{long}" * 10 + "/0"
    assert len(only.pointer) > MOST_LETTERS_OF_FAULTS


def test_a_text_says_every_mistake() -> None:
    assert str(rejected({"event_name": "n", "occurred_at": 5})) == (
        "customer_id is missing; a time has an offset, as in 2024-11-05T10:00:00Z"
    )


@pytest.mark.parametrize("read", [event, quickly])
@pytest.mark.parametrize("number", ["7", "2.50", "1e2", "9" * 50])
def test_properties_of_a_long_text_in_wide_letters_are_read_from_it_again(
    read: Callable[[str], SentEvent], number: str
) -> None:
    sent = body(f', "properties": {{"n": {number}, "note": "{WIDE}{"x" * 5_000}"}}')

    found = read(sent)

    assert found.held is None
    # `repr` tells 1 from 1.0 and "1".
    assert repr(found.properties) == repr(read_json(sent.encode())["properties"])


@pytest.mark.parametrize("read", [event, quickly])
@pytest.mark.parametrize("note", ["x" * 10_000, WIDE * 500], ids=["ascii", "short"])
def test_other_properties_are_held(read: Callable[[str], SentEvent], note: str) -> None:
    found = read(body(f', "properties": {{"note": "{note}"}}'))

    assert found.properties is found.held
    assert found.properties == {"note": note}


@pytest.mark.parametrize("more", ["", ', "properties": null', ', "properties": {}'])
def test_a_long_text_may_have_no_properties(more: str) -> None:
    names = ("customer", "customer_id", "event_name", "idempotency_key")
    members = ", ".join(f'"{name}": "{WIDE * 255}"' for name in names)

    found = event(f"{{{members}{more}}}")

    assert (found.held, found.properties) == (None, {})


def test_a_key_from_outside_does_not_change_the_fingerprint() -> None:
    found = event(body())

    assert found.with_key("h:0").fingerprint() == found.fingerprint()
    assert found.with_key("h:0").sent_text() == found.sent_text()


@given(st.dictionaries(st.text("abc", min_size=1), json_values, max_size=4))
def test_what_is_stored_reads_back_as_the_same_event(properties: dict[str, Any]) -> None:
    found = event(body(f', "properties": {json.dumps(properties)}'))

    again = event(found.sent_text())

    assert again.sent_text() == found.sent_text()
    assert again.fingerprint() == found.fingerprint()
    assert -(1 << 63) <= found.fingerprint() < 1 << 63


def test_the_key_of_an_event_never_changes() -> None:
    assert event_key_of(1, "call-1") == UUID("3acce2f1-2e25-0085-8b8f-ecb96cf39905")


def test_sources_do_not_share_keys() -> None:
    assert event_key_of(1, "call-1") != event_key_of(2, "call-1")
    assert event_key_of(1, "1\ncall") != event_key_of(11, "call")


def test_a_customer_may_be_named_twice_the_same_and_properties_may_be_null() -> None:
    read = event(
        '{"customer": "acme", "customer_id": "acme", "event_name": "call", "properties": null}'
    )

    assert (read.customer, read.properties) == ("acme", {})


def test_a_time_from_outside_is_that_of_the_event_alone() -> None:
    noon = datetime(2024, 11, 5, 12, tzinfo=UTC)
    sent = event(body())

    assert (sent.at(noon).occurred_at, sent.at(noon).mark) == (noon, sent.mark)
