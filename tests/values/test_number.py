from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.number import Number, as_shown, minus, percent_of, plus, times

NUMBERS = st.decimals(-(10**12), 10**12, places=6) | st.fractions(-1000, 1000)


@given(NUMBERS, NUMBERS)
def test_arithmetic_is_that_of_fractions(one: Number, other: Number) -> None:
    assert plus(one, other) == Fraction(one) + Fraction(other)
    assert minus(one, other) == Fraction(one) - Fraction(other)
    assert times(one, other) == Fraction(one) * Fraction(other)


@pytest.mark.parametrize(
    "found",
    [
        plus(Fraction(1, 3), Fraction(2, 3)),
        minus(Fraction(4, 3), Fraction(1, 3)),
        times(Fraction(1, 3), Decimal(3)),
    ],
)
def test_what_a_decimal_can_hold_is_one(found: Number) -> None:
    assert isinstance(found, Decimal)
    assert found == 1


def test_no_digit_is_lost() -> None:
    small, large = Decimal("1e-18"), Decimal("1e30")

    assert large + small == large  # the ordinary context rounds
    assert minus(plus(large, small), large) == small


@pytest.mark.parametrize("percent,value,part", [("80", "10", "8"), ("2.9", "0.5", "0.0145")])
def test_percentages_are_hundredths(percent: str, value: str, part: str) -> None:
    assert percent_of(Decimal(percent), Decimal(value)) == Decimal(part)
    assert percent_of(Decimal(percent), Fraction(1, 3)) * 3 == Fraction(percent) / 100


@pytest.mark.parametrize(
    "value,shown",
    [
        (Decimal("1.50"), "1.50"),
        (Fraction(5, 3), "1.666666666666666667"),
        (Decimal("0.1234567890123456785"), "0.123456789012345678"),
    ],
)
def test_a_number_is_shown_with_eighteen_places_at_most(value: Number, shown: str) -> None:
    assert str(as_shown(value)) == shown
