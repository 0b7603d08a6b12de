"""An event's key is its own for ever, and keeps the order of keys that have one."""

from uuid import UUID

import pytest

from usage.intake.revised_key import revised_key
from usage.intake.sent_event import event_key_of

SEVEN = "018f2b3c-4d5e-7abc-8def-0123456789ab"
ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.mark.parametrize(
    "name,key",
    [
        ("call-1", "3acce2f1-2e25-0085-8b8f-ecb96cf39905"),
        (SEVEN, "018f2b3c-4d5e-d87a-98ee-a0a40fb163c9"),
        (ULID, "01563e3a-b5d3-0124-2d48-8d6b6e1fd719"),
    ],
)
def test_a_key_stays_what_it_is(name: str, key: str) -> None:
    assert event_key_of(1, name) == UUID(key)


@pytest.mark.parametrize(
    "name",
    [
        "018f2b3c-4d5e-4abc-8def-0123456789ab",  # version 4
        "018f2b3c-4d5e-7abc-cdef-0123456789ab",  # another variant
        "018f2b3c4d5e7abc8def0123456789ab",
        f"{SEVEN} ",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",  # later than 48 bits reach
        "01ARZ3NDEKTSV4RRFFQ69G5FAU",  # U is no digit
        "01ARZ3NDE\u212aTSV4RRFFQ69G5FAV",  # a Kelvin sign
        "01ARZ3NDEK",
    ],
)
def test_a_key_without_a_time_is_a_hash(name: str) -> None:
    assert event_key_of(1, name).bytes[:6] not in {
        bytes.fromhex("018f2b3c4d5e"), bytes.fromhex("01563e3ab5d3"),
    }  # fmt: skip


@pytest.mark.parametrize("name", [SEVEN, ULID])
def test_spellings_and_sources_are_told_apart_within_one_millisecond(name: str) -> None:
    keys = {event_key_of(1, name), event_key_of(1, name.swapcase()), event_key_of(2, name)}

    assert len(keys) == 3
    assert len({key.bytes[:6] for key in keys}) == 1


def test_ulids_come_in_the_order_of_their_times() -> None:
    assert event_key_of(1, "01ARZ3NDEKTSV4RRFFQ69G5FAV") < event_key_of(
        1, "01ARZ3NDEMTSV4RRFFQ69G5FAV"
    )


def test_what_stands_in_for_an_event_has_a_key_of_its_own_at_the_same_time() -> None:
    first = event_key_of(1, SEVEN)

    second, third = revised_key(first), revised_key(revised_key(first))

    assert second == UUID("018f2b3c-4d5e-92ad-c73e-6cf4e53711bd")
    assert second.bytes[:6] == third.bytes[:6] == first.bytes[:6]
    assert len({first, second, third}) == 3
