from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from usage.metering.measurement import (
    BadValue,
    MissingProperty,
    NegativeQuantity,
    UnknownAction,
    measure,
)
from usage.metering.meter import Aggregation, CreditUnits, EventRounding, Meter

MINUTES = Meter(
    "AI_CALL",
    "AI Calls",
    "ai_call",
    Aggregation.SUM,
    "duration/minutes",
    ("region", "call_outcome"),
    "minute",
)
CALLS = Meter("CALLS", "Calls", "ai_call", Aggregation.COUNT, None, ("region",), None)
JUNE = datetime(2024, 6, 1, tzinfo=UTC)
JULY = datetime(2024, 7, 1, tzinfo=UTC)
CREDITS = Meter(
    "CREDITS",
    "Credits",
    "action",
    Aggregation.SUM,
    None,
    (),
    "credit",
    action_property="action",
    credit_units=(
        CreditUnits(None, {"email_draft": Decimal(1), "voice_reply": Decimal(15)}),
        CreditUnits(JULY, {"email_draft": Decimal("1.5")}),
    ),
)
USERS = Meter("USERS", "Users", "login", Aggregation.UNIQUE_COUNT, "user", (), None)
PHONE = Meter("CALL", "Calls", "call", Aggregation.SUM, "seconds", (), "second", calls=True)
CORRECTABLE = Meter(
    "NET", "Net", "ai_call", Aggregation.SUM, "duration/minutes", (), "minute", True
)


@pytest.mark.parametrize("value", [5, "5", Decimal("5.0")])
def test_a_number_counts_for_what_it_says(value: object) -> None:
    assert measure(MINUTES, {"duration/minutes": value}).value == Decimal(5)


def test_a_count_is_one_whatever_the_event_holds() -> None:
    assert measure(CALLS, {"duration/minutes": "many"}).value == Decimal(1)


@pytest.mark.parametrize(
    "value,text",
    [
        (2, "2"),
        ("2", "2"),
        (Decimal("2.50"), "2.50"),
        (Decimal("1E+3"), "1000"),
        (True, "true"),
        (False, "false"),
        ("", ""),
        (" US", " US"),
    ],
)
def test_dimensions_compare_as_text(value: object, text: str) -> None:
    assert measure(CALLS, {"region": value}).dimensions == {"region": text}


def test_null_and_missing_group_keys_are_absent() -> None:
    measured = measure(MINUTES, {"duration/minutes": 1, "region": None})

    assert measured.dimensions == {}
    assert measured.absent == ("region", "call_outcome")


def test_further_properties_become_dimensions_when_asked_for() -> None:
    measured = measure(CALLS, {"region": "US", "tokens": 128000}, also=["tokens", "model"])

    assert measured.dimensions == {"region": "US", "tokens": "128000"}
    assert measured.absent == ()


@pytest.mark.parametrize("value", [[], {}, ["US"], 0.5, Decimal("1E999999"), 10**40])
def test_a_dimension_that_is_no_plain_value_is_refused(value: object) -> None:
    with pytest.raises(BadValue) as caught:
        measure(CALLS, {"region": value})

    assert caught.value.code == "bad_value"
    assert caught.value.pointer == "/properties/region"


@pytest.mark.parametrize("text", ["x" * 255, "Île-de-France", "東京", "no\u00a0break", "☎️"])
def test_a_dimension_is_any_text_that_can_be_printed(text: str) -> None:
    assert measure(CALLS, {"region": text}).dimensions == {"region": text}


@pytest.mark.parametrize(
    "text,reason",
    [
        ("x" * 256, "'region' has more than 255 characters"),
        ("x" * 200_000, "'region' has more than 255 characters"),
        ("US\u202e00.1", "'region' holds the invisible character U+202E"),
        ("U\u200bS", "'region' holds the invisible character U+200B"),
        ("US\n", "'region' holds the invisible character U+000A"),
        ("\x1b[2JUS", "'region' holds the invisible character U+001B"),
        ("US\u2028EU", "'region' holds the invisible character U+2028"),
    ],
)
def test_a_dimension_that_cannot_be_printed_as_it_is_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadValue) as caught:
        measure(CALLS, {"region": text})

    assert (caught.value.code, caught.value.pointer) == ("bad_value", "/properties/region")
    assert str(caught.value) == reason


@pytest.mark.parametrize("properties", [{}, {"duration/minutes": None}])
def test_without_the_property_to_add_up_there_is_no_quantity(
    properties: dict[str, object],
) -> None:
    with pytest.raises(MissingProperty) as caught:
        measure(MINUTES, properties)

    assert caught.value.code == "missing_property"
    assert caught.value.pointer == "/properties/duration~1minutes"
    assert str(caught.value) == "'duration/minutes' is missing"


@pytest.mark.parametrize(
    "value", ["five", "", "NaN", "Infinity", "1e999999", Decimal("NaN"), True, 0.1, [1]]
)
def test_what_is_no_exact_number_has_no_quantity(value: object) -> None:
    with pytest.raises(BadValue):
        measure(MINUTES, {"duration/minutes": value})


def test_a_negative_quantity_is_for_meters_that_allow_it() -> None:
    with pytest.raises(NegativeQuantity) as caught:
        measure(MINUTES, {"duration/minutes": -1})

    assert caught.value.code == "negative_quantity"
    assert measure(CORRECTABLE, {"duration/minutes": -1}).value == Decimal(-1)


def test_an_event_is_rounded_before_anything_else() -> None:
    meter = replace(MINUTES, event_rounding=EventRounding(Decimal(60)))

    assert measure(meter, {"duration/minutes": 78}).value == Decimal(120)


def test_a_unique_count_tells_things_apart_as_text() -> None:
    measured = [measure(USERS, {"user": value}) for value in (2, "2", "ada")]

    assert [(it.value, it.thing) for it in measured] == [
        (Decimal(1), "2"),
        (Decimal(1), "2"),
        (Decimal(1), "ada"),
    ]


@pytest.mark.parametrize("properties", [{}, {"user": None}])
def test_without_a_thing_nothing_can_be_told_apart(properties: dict[str, object]) -> None:
    with pytest.raises(MissingProperty) as caught:
        measure(USERS, properties)

    assert caught.value.pointer == "/properties/user"


@pytest.mark.parametrize("at,expected", [(JUNE, "1"), (JULY, "1.5")])
def test_an_action_counts_its_credits_at_its_time(at: datetime, expected: str) -> None:
    assert measure(CREDITS, {"action": "email_draft"}, at=at).value == Decimal(expected)


def test_credits_are_times_the_property_rounded_before() -> None:
    meter = replace(CREDITS, property="minutes", event_rounding=EventRounding(Decimal(1)))
    properties = {"action": "voice_reply", "minutes": "1.3"}

    assert measure(meter, properties, at=JUNE).value == Decimal(30)


def test_a_count_of_actions_counts_their_credits() -> None:
    meter = replace(CREDITS, aggregation=Aggregation.COUNT)

    assert measure(meter, {"action": "voice_reply"}, at=JUNE).value == Decimal(15)


def test_an_action_that_is_not_listed_at_its_time_is_unknown() -> None:
    with pytest.raises(UnknownAction) as caught:
        measure(CREDITS, {"action": "voice_reply"}, at=JULY)

    assert caught.value.code == "unknown_action"
    assert caught.value.pointer == "/properties/action"
    assert str(caught.value) == "'action': 'voice_reply' takes no known credits"


def test_without_an_action_there_are_no_credits() -> None:
    with pytest.raises(MissingProperty):
        measure(CREDITS, {}, at=JUNE)


def test_what_an_action_costs_needs_the_time_of_the_event() -> None:
    with pytest.raises(ValueError, match="CREDITS: what an action costs depends on the time"):
        measure(CREDITS, {"action": "email_draft"})


@pytest.mark.parametrize(
    "properties,seconds",
    [
        ({"answer_at": "2024-06-01T00:00:00Z", "seconds": 78}, 78),
        ({"answer_at": "2024-06-01T00:00:00Z"}, 0),
        ({"answer_at": "2024-06-01T00:00:00Z", "status": "busy", "seconds": ""}, 0),
        ({"seconds": 78}, 0),
        ({}, 0),
    ],
)
def test_a_call_without_seconds_or_answer_counts_nothing(
    properties: dict[str, object], seconds: int
) -> None:
    assert measure(PHONE, properties).value == Decimal(seconds)


def test_an_answered_call_with_seconds_that_are_no_number_is_a_bad_value() -> None:
    with pytest.raises(BadValue):
        measure(PHONE, {"answer_at": "2024-06-01T00:00:00Z", "seconds": "1:18"})


def test_a_call_without_a_property_to_add_up_is_one() -> None:
    assert measure(replace(PHONE, property=None), {}).value == Decimal(1)
