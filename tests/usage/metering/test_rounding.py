from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.metering.aggregation import aggregate, readings
from usage.metering.meter import (
    Aggregation,
    Meter,
    QuantityRounding,
    QuantityRoundingMode,
    UnitConversion,
)
from usage.metering.quantity import MeteredEvent, Quantity
from usage.metering.rounding import billable, priced_units
from values.exact import simplest
from values.period import Period

START = datetime(2024, 11, 1, tzinfo=UTC)
NOVEMBER = Period(START, datetime(2024, 12, 1, tzinfo=UTC))
UP, DOWN, HALF_UP = QuantityRoundingMode
TOKENS = Meter("T", "Tokens", "llm", Aggregation.SUM, "tokens", ("model",), "token", True)
MOMENTS = st.integers(0, 30 * 24 - 1).map(lambda hours: START + timedelta(hours=hours))

SOME_ROUNDING = st.builds(
    QuantityRounding, st.sampled_from(QuantityRoundingMode), st.integers(0, 3)
)
SOME_CONVERSION = st.builds(
    UnitConversion,
    st.sampled_from(["1000", "60", "7", "0.3"]).map(Decimal),
    st.just("unit"),
    st.booleans(),
)
ROUNDINGS = st.none() | SOME_ROUNDING
CONVERSIONS = st.none() | SOME_CONVERSION


def event(day: int, tokens: str, model: str = "fast") -> MeteredEvent:
    moment = START + timedelta(days=day - 1)
    return MeteredEvent(moment, f"{day}{model}", {"tokens": tokens, "model": model})


@st.composite
def some_events(draw: st.DrawFn) -> list[MeteredEvent]:
    return [
        MeteredEvent(
            draw(MOMENTS),
            str(number),
            {
                "model": draw(st.sampled_from(["fast", "deep"])),
                "tokens": draw(st.decimals(-500, 5000, places=2)),
            },
        )
        for number in range(draw(st.integers(0, 8)))
    ]


def naive(meter: Meter, quantity: Fraction) -> Fraction:
    """Return what a quantity of at least 0 comes to, by the words of the format."""
    rounding, conversion = meter.quantity_rounding, meter.unit_conversion
    if rounding is not None:
        shifted = quantity * 10**rounding.places
        whole = {UP: ceil(shifted), DOWN: floor(shifted), HALF_UP: floor(shifted * 2 + 1) // 2}
        quantity = Fraction(whole[rounding.mode], 10**rounding.places)
    if conversion is not None:
        quantity /= Fraction(conversion.divide_by)
        quantity = Fraction(ceil(quantity)) if conversion.rounds_up else quantity
    return quantity


def added(quantities: tuple[Quantity, ...]) -> Fraction:
    return sum((Fraction(it.quantity) for it in quantities), Fraction(0))


@pytest.mark.parametrize(
    "quantity,mode,places,rounded",
    [
        ("1.2", UP, 0, "2"),
        ("1.8", DOWN, 0, "1"),
        ("1.5", HALF_UP, 0, "2"),
        ("1.4999", HALF_UP, 0, "1"),
        ("1.2345", HALF_UP, 3, "1.235"),
        ("2", UP, 2, "2"),
        ("-1.2", UP, 0, "-2"),
        ("-1.8", DOWN, 0, "-1"),
        ("-1.5", HALF_UP, 0, "-2"),
        ("0", UP, 0, "0"),
    ],
)
def test_a_quantity_is_rounded_to_its_places(
    quantity: str, mode: QuantityRoundingMode, places: int, rounded: str
) -> None:
    meter = replace(TOKENS, quantity_rounding=QuantityRounding(mode, places))

    assert priced_units(meter, Decimal(quantity)) == Decimal(rounded)


@given(
    st.fractions(-(10**6), 10**6, max_denominator=1000),
    SOME_ROUNDING,
    SOME_CONVERSION,
)
def test_fractions_are_rounded_and_converted_as_decimals_are(
    quantity: Fraction, rounding: QuantityRounding, conversion: UnitConversion
) -> None:
    meter = replace(TOKENS, quantity_rounding=rounding, unit_conversion=conversion)
    size = naive(meter, abs(quantity))

    assert priced_units(meter, quantity) == (-size if quantity < 0 else size)
    assert priced_units(meter, simplest(quantity)) == priced_units(meter, quantity)


def test_begun_units_count_whole_where_the_meter_says_so() -> None:
    thousands = UnitConversion(Decimal(1000), "1K tokens", rounds_up=True)

    assert priced_units(replace(TOKENS, unit_conversion=thousands), Decimal(1300)) == Decimal(2)


def test_a_quantity_is_rounded_before_it_is_converted() -> None:
    meter = replace(
        TOKENS,
        quantity_rounding=QuantityRounding(UP, 0),
        unit_conversion=UnitConversion(Decimal(8), "byte"),
    )

    assert priced_units(meter, Decimal("11.1")) == Decimal("1.5")


def test_a_second_is_exactly_a_sixtieth_of_a_minute() -> None:
    meter = replace(TOKENS, unit_conversion=UnitConversion(Decimal(60), "minute"))
    (quantity,) = billable(meter, aggregate(meter, [event(1, "1")], NOVEMBER, []))

    assert quantity.quantity == Fraction(1, 60)
    assert Fraction(quantity.quantity) * Fraction("0.06") == Fraction("0.001")


def test_a_second_part_pays_what_is_not_paid_yet() -> None:
    meter = replace(
        TOKENS, unit_conversion=UnitConversion(Decimal(1000), "1K tokens", rounds_up=True)
    )
    cut = START + timedelta(days=9)
    quantities = aggregate(meter, [event(1, "1400"), event(12, "1300")], NOVEMBER, [cut])

    assert [it.quantity for it in billable(meter, quantities)] == [Decimal(2), Decimal(1)]


def test_combinations_are_rounded_apart_and_the_whole_as_one() -> None:
    meter = replace(TOKENS, quantity_rounding=QuantityRounding(UP, 0))
    quantities = aggregate(meter, [event(1, "0.5"), event(1, "0.5", "deep")], NOVEMBER, [])

    assert [it.quantity for it in billable(meter, quantities)] == [Decimal(1), Decimal(1)]
    assert [it.quantity for it in billable(meter, quantities, by=())] == [Decimal(1), Decimal(0)]


def test_a_combination_that_adds_up_to_less_than_nothing_is_nothing() -> None:
    meter = replace(TOKENS, unit_conversion=UnitConversion(Decimal(1000), "1K tokens"))
    quantities = aggregate(meter, [event(1, "500"), event(2, "-501")], NOVEMBER, [])

    assert billable(meter, quantities) == ()


def test_without_rounding_or_conversion_quantities_stay_as_they_are() -> None:
    quantities = aggregate(TOKENS, [event(1, "500"), event(2, "0.5", "deep")], NOVEMBER, [])

    assert billable(TOKENS, quantities) == quantities


@given(some_events(), ROUNDINGS, CONVERSIONS, st.lists(MOMENTS, max_size=4))
def test_stretches_and_events_come_to_what_the_whole_comes_to(
    events: list[MeteredEvent],
    rounding: QuantityRounding | None,
    conversion: UnitConversion | None,
    cuts: list[datetime],
) -> None:
    meter = replace(TOKENS, quantity_rounding=rounding, unit_conversion=conversion)
    per_event = tuple(reading.quantity for reading in readings(meter, events, NOVEMBER, cuts))
    sliced = aggregate(meter, events, NOVEMBER, cuts)
    expected = Fraction(0)
    for model in ("fast", "deep"):
        mine = [it.properties["tokens"] for it in events if it.properties["model"] == model]
        total = sum((Fraction(str(tokens)) for tokens in mine), Fraction(0))
        expected += naive(meter, max(total, Fraction(0)))
    everything = sum((Fraction(str(it.properties["tokens"])) for it in events), Fraction(0))

    assert added(billable(meter, sliced)) == expected
    assert added(billable(meter, per_event)) == expected
    assert added(billable(meter, sliced, by=())) == naive(meter, max(everything, Fraction(0)))


@given(some_events(), CONVERSIONS)
def test_quantities_keep_their_order_stretches_and_events(
    events: list[MeteredEvent], conversion: UnitConversion | None
) -> None:
    meter = replace(TOKENS, allows_negative=False, unit_conversion=conversion)
    taken = [it for it in events if Decimal(str(it.properties["tokens"])) >= 0]
    quantities = aggregate(meter, taken, NOVEMBER, [START + timedelta(days=15)])

    assert [(it.dimensions, it.period, it.events) for it in billable(meter, quantities)] == [
        (it.dimensions, it.period, it.events) for it in quantities
    ]
