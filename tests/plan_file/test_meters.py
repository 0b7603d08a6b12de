"""Meters as the file writes them."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from plan_file.format.meters import read_meter, written_meter
from plan_file.format.yaml_layout import yaml_text
from tests.plan_file.book import Book, Parsed, ProblemsOf
from usage.metering.meter import (
    Aggregation,
    CreditUnits,
    EventRounding,
    QuantityRounding,
    QuantityRoundingMode,
    UnitConversion,
)
from values.fields import Place
from values.numeric_range import NumericRange

ZONE = "America/New_York"
CREDITS = """\
meters:
  - code: CREDITS
    event_name: action
    aggregation: sum
    property: minutes
    unit: credit
    filters: {kind: [ai, "2"], size: {gte: "10", lt: "20"}}
    event_rounding: {mode: up, increment: "60", minimum: "30"}
    quantity_rounding: {mode: half_up, places: 2}
    unit_conversion: {divide_by: "1000", label: "1K credits", round: up}
    action_property: action
    credit_units:
      - {units: {email_draft: "1"}}
      - {effective_from: 2024-07-01, units: {email_draft: "1.5", voice_reply: "15"}}
"""


@pytest.fixture
def book(book: Book) -> Book:
    book["timezone"] = ZONE
    book["meters"].append(
        {
            "code": "CREDITS",
            "event_name": "action",
            "aggregation": "sum",
            "property": "minutes",
            "unit": "credit",
            "filters": {"kind": ["ai", 2], "size": {"gte": 10, "lt": "20"}},
            "event_rounding": {"mode": "up", "increment": "60", "minimum": 30},
            "quantity_rounding": {"mode": "half_up", "places": 2},
            "unit_conversion": {"divide_by": 1000, "label": "1K credits", "round": "up"},
            "action_property": "action",
            "credit_units": [
                {"units": {"email_draft": 1}},
                {
                    "effective_from": "2024-07-01",
                    "units": {"email_draft": "1.50", "voice_reply": 15},
                },
            ],
        }
    )
    return book


def test_every_key_of_a_meter_is_read(parsed: Parsed, book: Book) -> None:
    meter = parsed(book).meters[1]

    assert meter.filters == {
        "kind": ("ai", "2"),
        "size": NumericRange(gte=Decimal(10), lt=Decimal(20)),
    }
    assert meter.event_rounding == EventRounding(Decimal(60), Decimal(30))
    assert meter.quantity_rounding == QuantityRounding(QuantityRoundingMode.HALF_UP, 2)
    assert meter.unit_conversion == UnitConversion(Decimal(1000), "1K credits", rounds_up=True)
    assert meter.action_property == "action"
    assert meter.credit_units == (
        CreditUnits(None, {"email_draft": Decimal(1)}),
        CreditUnits(
            datetime(2024, 7, 1, 4, tzinfo=UTC),
            {"email_draft": Decimal("1.50"), "voice_reply": Decimal(15)},
        ),
    )


def test_a_meter_is_written_in_the_order_of_the_format(parsed: Parsed, book: Book) -> None:
    text = yaml_text({"meters": [written_meter(parsed(book).meters[1], zone=ZONE)]})

    assert text.lstrip() == CREDITS


@pytest.mark.parametrize("aggregation", list(Aggregation))
def test_every_aggregation_is_read_and_written(
    parsed: Parsed, book: Book, aggregation: Aggregation
) -> None:
    stated: dict[str, Any] = {"code": "M", "event_name": "e", "aggregation": aggregation.value}
    if aggregation != Aggregation.COUNT:
        stated["property"] = "value"
    book["meters"].append(stated)

    meter = parsed(book).meters[-1]

    assert meter.aggregation == aggregation
    assert written_meter(meter, zone=ZONE) == stated


def test_credits_that_always_hold_are_a_map(parsed: Parsed, book: Book) -> None:
    book["meters"][1]["credit_units"] = {"email_draft": 1, "voice_reply": "15"}
    meter = parsed(book).meters[1]

    assert [version.effective_from for version in meter.credit_units] == [None]
    assert written_meter(meter, zone=ZONE)["credit_units"] == {
        "email_draft": "1",
        "voice_reply": "15",
    }


def test_keys_that_are_null_or_empty_are_no_use_of_them(parsed: Parsed, book: Book) -> None:
    plain = parsed(book).meters[0]
    book["meters"][0] |= {
        "filters": {}, "event_rounding": None, "quantity_rounding": None,
        "unit_conversion": None, "credit_units": [], "action_property": None,
    }  # fmt: skip

    assert parsed(book).meters[0] == plain


@pytest.mark.parametrize(
    "key,value,problem",
    [
        ("filters", {"kind": "ai"}, ("filters.kind: must be a list of allowed values, or a range "
         "such as {gte: 10}")),
        ("filters", {"kind": []}, "filters.kind: allows no value at all"),
        ("filters", {"size": {"from": 1}}, "filters.size.from: unknown key"),
        ("event_rounding", {"mode": "nearest"}, "event_rounding.mode: must be one of up"),
        ("event_rounding", {"increment": "0"}, "event_rounding.increment: must be above 0"),
        ("quantity_rounding", {"places": 1}, "quantity_rounding.mode: is required"),
        ("unit_conversion", {"divide_by": "0", "label": "x"},
         "unit_conversion.divide_by: must be above 0"),
        ("credit_units", {"email": "-1"}, "credit_units.email: must not be negative"),
        ("credit_units", None, "credit_units: is required with action_property"),
        ("action_property", None, "action_property: is required with credit_units"),
        ("property", None, "event_rounding: there is no number of an event to round"),
        ("aggregation", "mean", ("aggregation: must be one of count, sum, max, latest, "
         "unique_count, weighted_sum")),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_path(
    problems_of: ProblemsOf, book: Book, key: str, value: object, problem: str
) -> None:
    book["meters"][1][key] = value

    assert problems_of(book) == [f"meters[1].{problem}"]


def test_events_of_a_call_price_need_no_property_to_count() -> None:
    raw = {"code": "CALL", "event_name": "call", "aggregation": "sum"}
    problems: list[Any] = []

    meter = read_meter(Place(raw, (), problems), call_meters={"CALL"})

    assert problems == []
    assert meter is not None
    assert meter.calls
    assert written_meter(meter, zone="UTC") == raw
    assert read_meter(Place(raw, ("meters", 0), problems)) is None
    assert [problem.text() for problem in problems] == [
        "meters[0].property: a sum needs a property"
    ]


def test_every_meter_of_a_file_takes_corrections(parsed: Parsed, book: Book) -> None:
    meter = parsed(book).meters[0]

    assert meter.takes_negative
    assert written_meter(meter, zone=ZONE) == written_meter(
        replace(meter, allows_negative=False), zone=ZONE
    )
