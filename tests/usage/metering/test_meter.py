from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from usage.metering.meter import (
    Aggregation,
    CreditUnits,
    EventRounding,
    Meter,
    QuantityRounding,
    QuantityRoundingMode,
    UnitConversion,
)
from values.problems import InvalidTerms

COUNT = Aggregation.COUNT
ALWAYS = CreditUnits(None, {"email": Decimal(1)})
SINCE_JUNE = CreditUnits(datetime(2024, 6, 1, tzinfo=UTC), {"email": Decimal(2)})


def meter(**changes: Any) -> Meter:
    terms: dict[str, Any] = {
        "code": "AI_CALL",
        "display_name": "AI Calls",
        "event_name": "ai_call",
        "aggregation": Aggregation.SUM,
        "property": "duration_minutes",
        "group_keys": ("region", "call_outcome"),
        "unit": "minute",
    }
    return Meter(**{**terms, **changes})


@pytest.mark.parametrize(
    "changes,problem",
    [
        ({"code": " "}, "code: must not be empty"),
        ({"event_name": ""}, "event_name: must not be empty"),
        ({"property": None}, "property: a sum needs a property"),
        ({"aggregation": COUNT}, "property: a count has no property"),
        ({"group_keys": ("region", "region")}, "group_keys[1]: 'region' stands twice"),
        ({"group_keys": ("",)}, "group_keys[0]: must not be empty"),
        ({"property": None, "aggregation": Aggregation.MAX}, "property: a max needs a property"),
        (
            {"property": None, "aggregation": Aggregation.UNIQUE_COUNT, "calls": True},
            "property: a unique_count needs a property",
        ),
        ({"filters": {"region": ()}}, "filters.region: allows no value at all"),
        (
            {"property": None, "aggregation": COUNT, "event_rounding": EventRounding()},
            "event_rounding: there is no number of an event to round",
        ),
        (
            {"aggregation": Aggregation.UNIQUE_COUNT, "event_rounding": EventRounding()},
            "event_rounding: there is no number of an event to round",
        ),
        ({"credit_units": (ALWAYS,)}, "action_property: is required with credit_units"),
        ({"action_property": "task"}, "credit_units: is required with action_property"),
        (
            {"action_property": " ", "credit_units": (ALWAYS,)},
            "action_property: must not be empty",
        ),
        (
            {
                "aggregation": Aggregation.UNIQUE_COUNT,
                "action_property": "task",
                "credit_units": (ALWAYS,),
            },
            "action_property: a unique_count counts things, not credits",
        ),
        (
            {"action_property": "task", "credit_units": (ALWAYS, SINCE_JUNE, SINCE_JUNE)},
            "credit_units[2].effective_from: another version begins at the same time",
        ),
    ],
)
def test_a_meter_that_cannot_count_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidTerms) as caught:
        meter(**changes)

    assert [found.text() for found in caught.value.problems] == [problem]


def test_all_mistakes_of_a_meter_are_named_at_once() -> None:
    with pytest.raises(InvalidTerms) as caught:
        meter(code="", property=None, group_keys=("a", "a"))

    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    "make,problems",
    [
        (lambda: EventRounding(increment=Decimal(0)), ["increment: must be above 0"]),
        (
            lambda: EventRounding(Decimal(-1), Decimal(-1)),
            ["increment: must be above 0", "minimum: must not be negative"],
        ),
        (
            lambda: QuantityRounding(QuantityRoundingMode.UP, -1),
            ["places: must be a whole number from 0 to 18"],
        ),
        (
            lambda: UnitConversion(Decimal(0), " "),
            ["divide_by: must be above 0", "label: must not be empty"],
        ),
        (lambda: CreditUnits(None, {}), ["units: names no action"]),
        (
            lambda: CreditUnits(None, {"email": Decimal(-1), "voice": Decimal(0)}),
            ["units.email: must not be negative"],
        ),
    ],
)
def test_a_part_of_a_meter_that_cannot_be_is_refused(
    make: Callable[[], object], problems: list[str]
) -> None:
    with pytest.raises(InvalidTerms) as caught:
        make()

    assert [found.text() for found in caught.value.problems] == problems


def test_calls_and_actions_need_no_property_to_count() -> None:
    assert meter(property=None, calls=True).property is None
    assert meter(property=None, action_property="task", credit_units=(ALWAYS,)).property is None


def test_quantities_are_priced_in_the_unit_that_they_are_converted_to() -> None:
    thousands = UnitConversion(Decimal(1000), "1K minutes")

    assert meter(unit_conversion=thousands).priced_unit == "1K minutes"
    assert meter().priced_unit == "minute"


@pytest.mark.parametrize(
    "aggregation,allows,takes",
    [
        (Aggregation.SUM, False, False),
        (Aggregation.SUM, True, True),
        (Aggregation.MAX, False, True),
        (Aggregation.LATEST, False, True),
        (Aggregation.WEIGHTED_SUM, False, True),
    ],
)
def test_levels_and_gauges_fall_and_sums_only_where_it_is_allowed(
    aggregation: Aggregation, allows: bool, takes: bool
) -> None:
    assert meter(aggregation=aggregation, allows_negative=allows).takes_negative is takes
