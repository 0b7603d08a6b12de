from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.metering.meter import (
    Aggregation,
    CreditUnits,
    EventRounding,
    Meter,
    QuantityRounding,
    QuantityRoundingMode,
    UnitConversion,
)
from usage.metering.meter_format import (
    PARTS,
    parse_parts,
    parts_of,
    read_parts,
    stored_parts,
    written_parts,
)
from values.fields import Keys, Place
from values.numeric_range import NumericRange
from values.problems import InvalidTerms

ZONE = "America/New_York"
WHOLE: dict[str, Any] = {
    "filters": {"kind": ["ai", 2, True, ""], "tokens": {"gte": "10", "lt": 20}},
    "event_rounding": {"mode": "up", "increment": "60", "minimum": "30"},
    "quantity_rounding": {"mode": "half_up", "places": 2},
    "unit_conversion": {"divide_by": "1000", "label": "1K tokens", "round": "up"},
    "action_property": "action",
    "credit_units": [
        {"units": {"email": 1}},
        {"effective_from": "2024-07-01T00:00:00Z", "units": {"email": "1.5", "voice": "15"}},
    ],
}


def meter(**parts: Any) -> Meter:
    return Meter("T", "Tokens", "llm", Aggregation.SUM, "tokens", (), "token", **parts)


def problems(raw: dict[str, object]) -> list[str]:
    with pytest.raises(InvalidTerms) as caught:
        parse_parts(raw)
    return [problem.text() for problem in caught.value.problems]


def test_every_part_is_read() -> None:
    assert parse_parts(WHOLE) == {
        "filters": {
            "kind": ("ai", "2", "true", ""),
            "tokens": NumericRange(gte=Decimal(10), lt=Decimal(20)),
        },
        "event_rounding": EventRounding(Decimal(60), Decimal(30)),
        "quantity_rounding": QuantityRounding(QuantityRoundingMode.HALF_UP, 2),
        "unit_conversion": UnitConversion(Decimal(1000), "1K tokens", rounds_up=True),
        "action_property": "action",
        "credit_units": (
            CreditUnits(None, {"email": Decimal(1)}),
            CreditUnits(
                datetime(2024, 7, 1, tzinfo=UTC), {"email": Decimal("1.5"), "voice": Decimal(15)}
            ),
        ),
    }


def test_a_meter_of_nothing_special_has_no_parts() -> None:
    assert meter(**parse_parts({})) == meter()
    assert written_parts(meter(), zone="UTC") == {}


def test_what_may_be_left_out_has_its_default() -> None:
    parts = parse_parts(
        {
            "event_rounding": {"mode": "up"},
            "quantity_rounding": {"mode": "down"},
            "unit_conversion": {"divide_by": 60, "label": "minute"},
        }
    )

    assert parts["event_rounding"] == EventRounding(Decimal(1), Decimal(0))
    assert parts["quantity_rounding"] == QuantityRounding(QuantityRoundingMode.DOWN, 0)
    assert parts["unit_conversion"] == UnitConversion(Decimal(60), "minute", rounds_up=False)


def test_units_that_always_hold_are_written_as_a_map() -> None:
    raw = {"action_property": "action", "credit_units": {"email": "1", "voice": "15"}}

    assert written_parts(meter(**parse_parts(raw)), zone="UTC") == raw


def test_dates_of_versions_are_days_of_the_zone() -> None:
    raw: dict[str, Any] = {
        "action_property": "action",
        "credit_units": [{"effective_from": "2024-07-01", "units": {"email": "1"}}],
    }
    parts = read_parts(Place(raw, (), []).section(Keys(PARTS)), zone=ZONE)

    assert parts["credit_units"][0].effective_from == datetime(2024, 7, 1, 4, tzinfo=UTC)
    assert written_parts(meter(**parts), zone=ZONE) == raw
    assert written_parts(meter(**parts), zone="UTC")["credit_units"] == [
        {"effective_from": "2024-07-01T04:00:00Z", "units": {"email": "1"}}
    ]


@pytest.mark.parametrize(
    "raw,found",
    [
        ({"filter": {}}, ["filter: unknown key, did you mean 'filters'?"]),
        (
            {"filters": {"kind": "ai"}},
            ["filters.kind: must be a list of allowed values, or a range such as {gte: 10}"],
        ),
        ({"filters": {"kind": [["ai"]]}}, ["filters.kind[0]: must be text"]),
        ({"filters": {"kind": [None]}}, ["filters.kind[0]: must be text"]),
        (
            {"filters": {"tokens": {"gte": "20", "lt": "10", "gtt": "1"}}},
            ["filters.tokens.gtt: unknown key, did you mean 'gt'?"],
        ),
        (
            {"filters": {"tokens": {"gte": "20", "lt": "10"}}},
            ["filters.tokens: no number lies in this range"],
        ),
        (
            {"event_rounding": {"mode": "down", "increment": "0.1.2"}},
            [
                "event_rounding.mode: must be one of up",
                "event_rounding.increment: '0.1.2' is not a number such as 12 or 0.25",
            ],
        ),
        ({"event_rounding": {"increment": 0}}, ["event_rounding.increment: must be above 0"]),
        ({"quantity_rounding": {}}, ["quantity_rounding.mode: is required"]),
        (
            {"quantity_rounding": {"mode": "up", "places": 19}},
            ["quantity_rounding.places: must be a whole number from 0 to 18"],
        ),
        (
            {"unit_conversion": {"round": "down"}},
            [
                "unit_conversion.divide_by: is required",
                "unit_conversion.label: is required",
                "unit_conversion.round: must be one of none, up",
            ],
        ),
        (
            {"unit_conversion": {"divide_by": "0", "label": "none"}},
            ["unit_conversion.divide_by: must be above 0"],
        ),
        ({"credit_units": {"email": "-1"}}, ["credit_units.email: must not be negative"]),
        ({"credit_units": {"email": None}}, ["credit_units.email: a number is missing"]),
        ({"credit_units": {}}, ["credit_units: names no action"]),
        (
            {"credit_units": [{"units": {"email": "-1"}}, {"effective_from": "2024-07-01"}]},
            [
                "credit_units[0].units.email: must not be negative",
                "credit_units[1].units: is required",
            ],
        ),
        ({"credit_units": "all"}, ["credit_units: must be a mapping"]),
    ],
)
def test_every_problem_is_named_with_its_path(raw: dict[str, object], found: list[str]) -> None:
    assert problems(raw) == found


NUMBERS = st.decimals("0.000001", 10**6, places=6)
UNITS = st.dictionaries(st.sampled_from(["email", "voice", "agent"]), NUMBERS, min_size=1)


@st.composite
def meters(draw: st.DrawFn) -> Meter:
    moments = draw(
        st.lists(
            st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
            unique=True,
            max_size=3,
        )
    )
    versions = tuple(
        CreditUnits(None if moment is None else moment.replace(tzinfo=UTC), draw(UNITS))
        for moment in moments
    )
    return meter(
        filters=draw(
            st.dictionaries(
                st.sampled_from(["kind", "size"]),
                st.lists(st.sampled_from(["", "a", "2"]), min_size=1).map(tuple)
                | st.builds(NumericRange, gte=NUMBERS),
            )
        ),
        event_rounding=draw(st.none() | st.builds(EventRounding, NUMBERS, NUMBERS)),
        quantity_rounding=draw(
            st.none()
            | st.builds(QuantityRounding, st.sampled_from(QuantityRoundingMode), st.integers(0, 18))
        ),
        unit_conversion=draw(
            st.none() | st.builds(UnitConversion, NUMBERS, st.just("unit"), st.booleans())
        ),
        action_property="action" if versions else None,
        credit_units=versions,
    )


@given(meters(), st.sampled_from(["UTC", ZONE]))
def test_what_is_written_is_read_back_as_the_same_meter(written: Meter, zone: str) -> None:
    raw = written_parts(written, zone=zone)
    found: list[Any] = []
    parts = read_parts(Place(raw, (), found).section(Keys(PARTS)), zone=zone)

    assert (found, meter(**parts)) == ([], written)


def test_a_row_holds_every_part_and_credit_units_as_a_list() -> None:
    whole = meter(**parse_parts(WHOLE))

    assert stored_parts(parts_of(whole)) == {
        "filters": {"kind": ["ai", "2", "true", ""], "tokens": {"gte": "10", "lt": "20"}},
        "event_rounding": {"mode": "up", "increment": "60", "minimum": "30"},
        "quantity_rounding": {"mode": "half_up", "places": 2},
        "unit_conversion": {"divide_by": "1000", "label": "1K tokens", "round": "up"},
        "action_property": "action",
        "credit_units": [
            {"units": {"email": "1"}},
            {"effective_from": "2024-07-01", "units": {"email": "1.5", "voice": "15"}},
        ],
    }


def test_a_row_of_a_plain_meter_holds_empty_parts() -> None:
    assert stored_parts(parts_of(meter())) == {
        "filters": {},
        "event_rounding": {},
        "quantity_rounding": {},
        "unit_conversion": {},
        "action_property": "",
        "credit_units": [],
    }


def test_a_minimum_of_nothing_is_left_out() -> None:
    rounding = EventRounding(Decimal(60))

    assert written_parts(meter(event_rounding=rounding), zone=ZONE) == {
        "event_rounding": {"mode": "up", "increment": "60"}
    }
