"""The quick way and the careful way to an event are one."""

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.usage.hostile import MEMBERS, PROPERTIES
from tests.usage.intake.json_texts import NUMBERS, STRINGS, damaged, items, texts
from usage.intake import quick_event
from usage.intake.batch_body import MAXIMUM_ITEMS, NotABatch, TooMuch, read_batch
from usage.intake.json_body import NotJson, TwiceNamed, read_json
from usage.intake.quick_event import read_carefully, read_item
from usage.intake.sent_event import Rejected, SentEvent

GOOD = (
    b'{"customer_id": "acme", "event_name": "ai_call", "idempotency_key": "call-1", '
    b'"occurred_at": "2024-11-05T10:00:00Z", "properties": {"minutes": 2.50, "n": 7}}'
)


def told(item: SentEvent | Rejected) -> object:
    """Return all of an answer; `repr` tells 1 from 1.0, true and "1"."""
    return item.faults if isinstance(item, Rejected) else repr(item)


def answer(read: Callable[[], object]) -> object:
    try:
        return read()
    except (NotJson, NotABatch, TooMuch) as error:
        return type(error), str(error)


def carefully(raw: bytes) -> object:
    return answer(lambda: told(read_carefully(read_json(raw))))


def quickly(raw: bytes) -> object:
    return answer(lambda: told(read_item(raw)))


@settings(max_examples=1500, deadline=None)
@given(damaged(items() | texts))
@example(GOOD)
@example(b'{"customer_id":"a","customer_id":"a","event_name":"n"}')
@example(b'{"customer_id":"a","event_name":"n","properties":{"x":":","x":1}}')
@example(b'{"customer_id":"a","event_name":"n","properties":{"x":1,"x":"\\u003a"}}')
@example(b'{"customer_id":"a","event_name":"n","properties":{"\\u003A":1,"y":{"x":1,"x":2}}}')
def test_both_ways_give_the_same_event_or_the_same_faults(raw: bytes) -> None:
    assert quickly(raw) == carefully(raw)


@pytest.mark.parametrize("value", [*NUMBERS, *STRINGS])
@pytest.mark.parametrize(
    "place",
    ["customer_id", "event_name", "idempotency_key", "occurred_at", "properties", "in"],
)
def test_an_odd_value_is_told_of_alike_wherever_it_stands(value: str, place: str) -> None:
    members = {"customer_id": '"acme"', "event_name": '"ai_call"'}
    members |= {"properties": f'{{"in": {value}}}'} if place == "in" else {place: value}
    text = "{" + ", ".join(f'"{name}": {part}' for name, part in members.items()) + "}"
    raw = text.encode()

    assert quickly(raw) == carefully(raw)


@pytest.mark.parametrize("part", [f'"properties": {case[1]}' for case in PROPERTIES])
def test_hostile_properties_are_told_of_alike(part: str) -> None:
    raw = f'{{"customer_id": "acme", "event_name": "ai_call", {part}}}'.encode()

    assert quickly(raw) == carefully(raw)


@pytest.mark.parametrize("members", [case[1] for case in MEMBERS])
def test_hostile_members_are_told_of_alike(members: str) -> None:
    raw = f'{{"customer_id": "acme", "event_name": "ai_call", {members}}}'.encode()

    assert quickly(raw) == carefully(raw)


def whole(body: bytes) -> object:
    """Return what a batch holds when all of it is read the careful way."""
    found = read_json(body)
    if not isinstance(found, dict) or isinstance(found, TwiceNamed) or set(found) != {"events"}:
        return "no batch"
    if not isinstance(found["events"], list) or not found["events"]:
        return "no batch"
    return [told(read_carefully(item)) for item in found["events"]]


def batch(body: bytes) -> object:
    try:
        return [told(item) for item in read_batch(body).items]
    except NotABatch:
        return "no batch"


@settings(max_examples=600, deadline=None)
@given(
    damaged(
        st.builds(
            lambda found, name, more: f"{{ {name}\n: [{','.join(found)}] {more}}} \n",
            st.lists(items() | texts, max_size=4),
            st.sampled_from(['"events"', '"events"', '"events"', '"event"', '"\\u0065vents"']),
            st.sampled_from(["", "", "", ', "events": []', ', "more": 1', "x"]),
        )
    )
)
def test_a_batch_is_read_as_if_all_of_it_were_read_carefully(body: bytes) -> None:
    assert answer(lambda: batch(body)) == answer(lambda: whole(body))


def test_a_good_event_takes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(quick_event, "read_json")

    assert isinstance(read_item(GOOD), SentEvent)


def test_more_items_than_a_request_may_bring_are_not_read() -> None:
    with pytest.raises(TooMuch, match=f"the limit is {MAXIMUM_ITEMS}"):
        read_batch(b'{"events": [' + b",".join([b"{}"] * (MAXIMUM_ITEMS + 1)) + b"]}")


def test_a_refused_item_keeps_nothing_of_what_was_read() -> None:
    found = read_item(b'{"customer_id": "a", "event_name": "n", "unknown": 1}')

    assert isinstance(found, Rejected)
    assert (found.__traceback__, found.__context__) == (None, None)
