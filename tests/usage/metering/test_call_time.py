from dataclasses import replace
from datetime import UTC, datetime

import pytest

from usage.metering.call_time import EventTime, event_time, is_answered
from usage.metering.measurement import BadValue
from usage.metering.meter import Aggregation, Meter

OCCURRED = datetime(2024, 11, 1, 12, tzinfo=UTC)
ANSWERED = "2024-11-01T08:00:05-04:00"
CALLS = Meter("CALL", "Calls", "call", Aggregation.COUNT, None, (), None, calls=True)
EVENTS = replace(CALLS, calls=False)


def test_a_call_counts_when_it_is_answered() -> None:
    assert event_time(CALLS, {"answer_at": ANSWERED, "status": "completed"}, OCCURRED) == (
        EventTime(datetime(2024, 11, 1, 12, 0, 5, tzinfo=UTC), answered=True)
    )


@pytest.mark.parametrize("status", ["busy", "failed", "no-answer", "canceled"])
def test_a_call_that_failed_counts_when_it_occurred_whatever_its_answer(status: str) -> None:
    properties = {"answer_at": "no time at all", "status": status}

    assert event_time(CALLS, properties, OCCURRED) == EventTime(OCCURRED, answered=False)


@pytest.mark.parametrize(
    "status",
    ["NO ANSWER", "No Answer", "no_answer", "Busy", "FAILED", "CANCELED", "cancelled", " busy "],
)
def test_a_status_is_known_however_it_is_written(status: str) -> None:
    assert not is_answered({"answer_at": ANSWERED, "status": status})


@pytest.mark.parametrize("status", ["", "ANSWERED", "answer", "noanswer-" * 9, "busy tone"])
def test_other_statuses_leave_the_answer(status: str) -> None:
    assert is_answered({"answer_at": ANSWERED, "status": status})


@pytest.mark.parametrize("properties", [{}, {"answer_at": None}, {"status": "completed"}])
def test_without_an_answer_it_is_not_answered(properties: dict[str, object]) -> None:
    assert event_time(CALLS, properties, OCCURRED) == EventTime(OCCURRED, answered=False)


def test_events_that_are_no_calls_count_when_they_occur() -> None:
    properties = {"answer_at": ANSWERED, "status": "busy"}

    assert event_time(EVENTS, properties, OCCURRED) == EventTime(OCCURRED, answered=True)


@pytest.mark.parametrize(
    "answer_at,reason",
    [
        ("2024-11-01T08:00:05", "'answer_at' needs an offset, such as Z or -05:00"),
        ("2024-11-01", "'answer_at' must be a time with an offset (2024-11-01T09:30:00Z)"),
        (1730462405, "'answer_at' must be a time with an offset (2024-11-01T09:30:00Z)"),
        ("1730462405", "'answer_at' must be a time with an offset (2024-11-01T09:30:00Z)"),
        ("", "'answer_at' must be a time with an offset (2024-11-01T09:30:00Z)"),
        ("2024-13-01T08:00:05Z", "'answer_at' is no time: month must be in 1..12"),
    ],
)
def test_an_answer_that_is_no_time_is_a_bad_value(answer_at: object, reason: str) -> None:
    with pytest.raises(BadValue) as caught:
        event_time(CALLS, {"answer_at": answer_at}, OCCURRED)

    assert (str(caught.value), caught.value.pointer) == (reason, "/properties/answer_at")


def test_a_status_that_is_no_text_says_nothing() -> None:
    assert is_answered({"answer_at": ANSWERED, "status": ["busy"]})
