from dataclasses import replace
from decimal import Decimal

import pytest

from usage.metering.filters import passes
from usage.metering.meter import Aggregation, FilterValue, Meter
from values.numeric_range import NumericRange

EVERYTHING = Meter("M", "M", "call", Aggregation.COUNT, None, (), None)


def takes(wanted: FilterValue, **properties: object) -> bool:
    return passes(replace(EVERYTHING, filters={"kind": wanted}), properties)


def test_a_meter_without_filters_takes_every_event() -> None:
    assert passes(EVERYTHING, {})


@pytest.mark.parametrize("value", ["2", 2, Decimal(2)])
def test_allowed_values_compare_as_text(value: object) -> None:
    assert takes(("1", "2"), kind=value)


@pytest.mark.parametrize("value", ["3", "", " 2", "2.0", Decimal("2.0"), True, [2], {}, "2\n"])
def test_what_is_not_among_the_allowed_values_does_not_pass(value: object) -> None:
    assert not takes(("1", "2"), kind=value)


def test_matching_is_case_sensitive() -> None:
    assert not takes(("US",), kind="us")


def test_truth_values_compare_as_words() -> None:
    assert takes(("true",), kind=True)


@pytest.mark.parametrize("value", [10, "10", Decimal("19.99")])
def test_a_range_holds_numbers(value: object) -> None:
    assert takes(NumericRange(gte=Decimal(10), lt=Decimal(20)), kind=value)


@pytest.mark.parametrize("value", [9, "20", "ten", "", True, [], 10.5])
def test_what_lies_outside_a_range_or_is_no_number_does_not_pass(value: object) -> None:
    assert not takes(NumericRange(gte=Decimal(10), lt=Decimal(20)), kind=value)


@pytest.mark.parametrize("properties", [{}, {"kind": None}, {"other": "2"}])
@pytest.mark.parametrize("wanted", [("2",), NumericRange(gte=Decimal(0))])
def test_an_absent_property_does_not_pass(
    properties: dict[str, object], wanted: FilterValue
) -> None:
    assert not takes(wanted, **properties)


def test_every_filter_must_let_the_event_through() -> None:
    meter = replace(EVERYTHING, filters={"kind": ("ai",), "tokens": NumericRange(gt=Decimal(1000))})

    assert passes(meter, {"kind": "ai", "tokens": 1001})
    assert not passes(meter, {"kind": "ai", "tokens": 1000})
    assert not passes(meter, {"kind": "human", "tokens": 1001})
