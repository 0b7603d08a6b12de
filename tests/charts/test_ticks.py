"""Round numbers on an axis."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts.ticks import nice_ticks, short_number

numbers = st.decimals(min_value=-(10**15), max_value=10**15, places=4)


def ticks(lowest: str, highest: str) -> list[str]:
    return [short_number(tick) for tick in nice_ticks(Decimal(lowest), Decimal(highest))]


def test_ticks_are_round_and_reach_the_highest_value() -> None:
    assert ticks("0", "83") == ["0", "20", "40", "60", "80", "100"]
    assert ticks("0", "100") == ["0", "20", "40", "60", "80", "100"]
    assert ticks("0", "0.04") == ["0", "0.01", "0.02", "0.03", "0.04"]
    assert ticks("0", "1284") == ["0", "500", "1,000", "1,500"]


def test_ticks_reach_below_zero_where_values_do() -> None:
    assert ticks("-12", "30") == ["−20", "−10", "0", "10", "20", "30"]
    assert ticks("-3", "-1") == ["−3", "−2", "−1", "0"]


def test_nothing_has_zero_alone() -> None:
    assert ticks("0", "0") == ["0"]


@given(numbers, numbers)
def test_ticks_enclose_everything_with_few_equal_steps(one: Decimal, other: Decimal) -> None:
    lowest, highest = min(one, other), max(one, other)

    found = nice_ticks(lowest, highest)

    assert found[0] <= min(lowest, Decimal(0))
    assert found[-1] >= max(highest, Decimal(0))
    assert Decimal(0) in found
    assert len(found) <= 6
    assert len({found[i + 1] - found[i] for i in range(len(found) - 1)}) <= 1


@pytest.mark.parametrize(
    "value, text",
    [
        ("0.25", "0.25"),
        ("2500", "2,500"),
        ("25000", "25k"),
        ("1500000", "1.5M"),
        ("2000000000", "2bn"),
        ("-20000", "−20k"),
    ],
)
def test_long_numbers_are_shortened(value: str, text: str) -> None:
    assert short_number(Decimal(value)) == text
