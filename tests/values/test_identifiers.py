import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.identifiers import parse_public_id, public_id, uuid7, uuid_of


def test_new_ids_are_of_version_7_and_begin_with_the_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


@given(st.uuids())
def test_a_uuid_of_its_bytes_is_the_same_in_every_way(value: UUID) -> None:
    made = uuid_of(value.bytes)

    assert (made, hash(made), str(made), made.is_safe) == (
        value, hash(value), str(value), value.is_safe
    )  # fmt: skip


@given(st.uuids())
def test_a_public_id_leads_back_to_its_id(value: UUID) -> None:
    text = public_id("cus", value)

    assert len(text) == 30
    assert parse_public_id(text, prefix="cus") == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cus_",
        "evt_" + "0" * 26,
        "cus_" + "0" * 25,
        "cus_" + "0" * 25 + "U",
        "cus_" + "0" * 25 + "i",
        "cus_8" + "0" * 25,
        "0" * 26,
    ],
)
def test_what_is_no_public_id_of_the_prefix_is_none(text: str) -> None:
    assert parse_public_id(text, prefix="cus") is None
