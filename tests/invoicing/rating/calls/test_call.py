from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from invoicing.rating.calls.call import Call, NotBillable, UnusableCall, read_call
from tests.invoicing.rating.calls.calling import NOON, a_call


def read(*, from_setup: bool = False, **properties: Any) -> Call:
    return read_call(a_call(**properties), from_setup=from_setup)


@pytest.mark.parametrize("status", ["busy", "failed", "no-answer", "canceled"])
def test_a_call_that_came_to_nothing_is_not_billable(status: str) -> None:
    with pytest.raises(NotBillable):
        read(status=status)


def test_a_call_without_an_answer_is_not_billable() -> None:
    with pytest.raises(NotBillable):
        read(answer_at=None)


@pytest.mark.parametrize(
    "seconds, raw", [("0", 1), (0, 1), ("0.4", 1), ("1", 1), ("59.999", 60), ("60", 60), (61, 61)]
)
def test_seconds_are_whole_rounded_up_and_at_least_one(seconds: object, raw: int) -> None:
    assert read(seconds=seconds).raw_seconds == raw


@pytest.mark.parametrize(
    "ends, raw",
    [
        ("2026-02-03T15:00:00Z", 1),
        ("2026-02-03T15:00:00.000001Z", 1),
        ("2026-02-03T15:01:00Z", 60),
        ("2026-02-03T15:01:00.001Z", 61),
        ("2026-02-03T15:01:00.000001Z", 61),
        ("2026-02-03T10:01:00-05:00", 60),
        ("2026-02-03t15:01:00z", 60),
        ("2026-02-04T15:00:00Z", 86400),
    ],
)
def test_the_end_says_the_length_before_the_duration_does(ends: str, raw: int) -> None:
    assert read(seconds="7", end_at=ends).raw_seconds == raw


def test_a_session_begins_with_its_setup() -> None:
    call = read(from_setup=True, setup_at="2026-02-03T14:59:40Z")

    assert call.raw_seconds == 80
    assert call.answered_at == NOON
    assert call.begins == read().begins - 20


@pytest.mark.parametrize(
    "properties, reason, name",
    [
        ({"seconds": None}, "bad_value", "duration_seconds"),
        ({"duration_seconds": None}, "missing_property", "end_at"),
        ({"duration_seconds": "-1"}, "bad_value", "duration_seconds"),
        ({"duration_seconds": "99999999999"}, "bad_value", "duration_seconds"),
        ({"duration_seconds": "long"}, "bad_value", "duration_seconds"),
        ({"end_at": "2026-02-03T14:59:59Z"}, "bad_value", "end_at"),
        ({"end_at": "2028-02-03T14:59:59Z"}, "bad_value", "end_at"),
        ({"end_at": "2026-02-03T15:00:59"}, "bad_value", "end_at"),
        ({"end_at": "2026-02-30T15:00:59Z"}, "bad_value", "end_at"),
        ({"end_at": 1770130800}, "bad_value", "end_at"),
        ({"answer_at": "yesterday"}, "bad_value", "answer_at"),
        ({"answer_at": "9999-02-03T15:00:00Z"}, "bad_value", "answer_at"),
        ({"direction": ["outbound"]}, "bad_value", "direction"),
        ({"to_number": {"e164": "+1"}}, "bad_value", "to_number"),
    ],
)
def test_what_a_call_lacks_or_gets_wrong_is_named(
    properties: dict[str, Any], reason: str, name: str
) -> None:
    with pytest.raises(UnusableCall) as raised:
        read(**properties)

    assert (raised.value.reason, raised.value.name) == (reason, name)


@pytest.mark.parametrize(
    "setup, reason",
    [(None, "missing_property"), ("2026-02-03T15:00:01Z", "bad_value"), ("soon", "bad_value")],
)
def test_a_session_needs_a_setup_before_its_answer(setup: str | None, reason: str) -> None:
    with pytest.raises(UnusableCall) as raised:
        read(from_setup=True, setup_at=setup)

    assert (raised.value.reason, raised.value.name) == (reason, "setup_at")


def test_the_far_end_of_an_inbound_call_is_who_calls() -> None:
    numbers: dict[str, Any] = {"from_number": "+442083661177", "to_number": "+13125550100"}

    assert read(direction="inbound", **numbers).far_end == "442083661177"
    assert read(direction="outbound", **numbers).far_end == "13125550100"
    assert read(direction="onnet", **numbers).far_end == "13125550100"
    assert read(direction=None, **numbers).far_end == "13125550100"


def test_a_number_may_be_written_as_a_number_or_missing() -> None:
    assert read(to_number=442083661177).far_end == "442083661177"
    assert read(to_number=None).far_end == ""


def test_the_event_says_its_jurisdiction_before_the_numbers_do() -> None:
    numbers: dict[str, Any] = {"from_number": "+13125550100", "to_number": "+12175550100"}

    assert read(**numbers).rate_jurisdiction == "intrastate"
    assert read(**numbers, rate_jurisdiction="interstate").rate_jurisdiction == "interstate"
    assert read(to_number="+12175550100").rate_jurisdiction == "indeterminate"


def test_the_begin_is_the_second_in_which_the_answer_came() -> None:
    late = read(at=NOON + timedelta(milliseconds=999))

    assert late.begins == read().begins


def test_the_jurisdiction_is_that_of_both_numbers_however_often_it_is_asked() -> None:
    call = read(from_number="+13125550100", to_number="+12125550100")

    assert [call.rate_jurisdiction, call.rate_jurisdiction] == ["interstate", "interstate"]
