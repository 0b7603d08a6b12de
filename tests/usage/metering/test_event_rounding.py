from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.metering.event_rounding import round_event
from usage.metering.meter import EventRounding

VALUES = st.decimals(-(10**9), 10**9, places=6)
INCREMENTS = st.decimals(Decimal("0.000001"), 1000, places=6)


@pytest.mark.parametrize(
    "value,increment,minimum,rounded",
    [
        ("78", "60", "0", "120"),
        ("1.3", "1", "0", "2"),
        ("120", "60", "0", "120"),
        ("60.001", "60", "0", "120"),
        ("5", "1", "30", "30"),
        ("31", "6", "30", "36"),
        ("7", "6", "10", "12"),
        ("0", "60", "30", "0"),
        ("-0.0", "60", "30", "0"),
        ("-1.3", "1", "0", "-2"),
        ("-1", "6", "30", "-30"),
        ("0.1", "0.25", "0", "0.25"),
    ],
)
def test_a_value_goes_up_to_the_increment_then_to_the_minimum(
    value: str, increment: str, minimum: str, rounded: str
) -> None:
    rounding = EventRounding(Decimal(increment), Decimal(minimum))

    assert str(round_event(Decimal(value), rounding)) == rounded


@given(VALUES, INCREMENTS, st.decimals(0, 1000, places=3))
def test_it_equals_the_rule_written_as_fractions(
    value: Decimal, increment: Decimal, minimum: Decimal
) -> None:
    steps = ceil(Fraction(abs(value)) / Fraction(increment))
    size = max(steps * Fraction(increment), Fraction(minimum)) if value else Fraction(0)

    assert round_event(value, EventRounding(increment, minimum)) == (-size if value < 0 else size)


@given(VALUES, INCREMENTS)
def test_a_correction_takes_back_what_it_corrects(value: Decimal, increment: Decimal) -> None:
    rounding = EventRounding(increment, Decimal(10))

    assert round_event(-value, rounding) == -round_event(value, rounding)
