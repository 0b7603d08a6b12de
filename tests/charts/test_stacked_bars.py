"""Stacked bars: where they stand, and the exact numbers behind them."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts.shapes import Segment, Series, StackedBars
from charts.stacked_bars import (
    HEIGHT,
    TooManySeries,
    UnevenSeries,
    stacked_bars,
)


def drawn(*series: Sequence[str], days: int | None = None) -> StackedBars:
    count = len(series[0]) if days is None else days
    return stacked_bars(
        title="Minutes",
        categories=[f"Nov {day}" for day in range(1, count + 1)],
        series=[
            Series(f"s{number}", [Decimal(value) for value in values])
            for number, values in enumerate(series, start=1)
        ],
    )


def test_a_bar_is_as_high_as_its_value_on_the_scale() -> None:
    chart = drawn(["10", "5", "0"])

    assert [column.segments for column in chart.columns] == [
        (Segment(1, 0, HEIGHT),),
        (Segment(1, HEIGHT // 2, HEIGHT // 2),),
        (),
    ]
    assert (chart.grid[0].text, chart.grid[0].y) == ("0", HEIGHT)
    assert (chart.grid[-1].text, chart.grid[-1].y) == ("10", 0)


def test_series_stand_on_each_other_without_a_gap() -> None:
    chart = drawn(["4"], ["6"])

    first, second = chart.columns[0].segments
    assert (first.number, second.number) == (1, 2)
    assert second.y + second.height == first.y
    assert first.y + first.height == HEIGHT
    assert second.y == 0


def test_negative_values_hang_below_zero() -> None:
    chart = drawn(["10"], ["-10"])

    up, down = chart.columns[0].segments
    assert up.y + up.height == down.y == HEIGHT // 2
    assert down.y + down.height == HEIGHT
    assert chart.total == "0"


def test_what_is_not_nothing_is_seen() -> None:
    chart = drawn(["1000000", "0.000001"])

    assert chart.columns[1].segments == (Segment(1, HEIGHT - 1, 1),)


def test_all_zeros_have_an_axis_and_no_bars() -> None:
    chart = drawn(["0", "0"])

    assert [column.segments for column in chart.columns] == [(), ()]
    assert [line.text for line in chart.grid] == ["0"]
    assert chart.summary == "Nov 1 to Nov 2: 0."


def test_no_categories_are_said_in_words() -> None:
    chart = drawn([])

    assert (chart.columns, chart.summary, chart.total) == ((), "Nothing to show.", "0")


def test_one_bar_is_not_as_wide_as_the_page() -> None:
    (column,) = drawn(["3"]).columns

    assert (column.hit_x, column.hit_width) == ("43.75%", "12.5%")


def test_a_year_of_days_fits_with_few_labels() -> None:
    chart = drawn(["1"] * 366)

    assert len(chart.columns) == 366
    assert len(chart.labels) <= 10
    assert 2 <= len([label for label in chart.labels if label.narrow]) <= 4
    assert chart.labels[0].anchor == "start"


def test_words_tell_the_bars_apart_and_the_highest() -> None:
    chart = stacked_bars(
        title="Minutes",
        categories=["Nov 1", "Nov 2"],
        series=[Series("US", [Decimal(1), Decimal(2)]), Series("EU", [Decimal(0), Decimal(3)])],
        words=lambda value: f"{value} min",
    )

    assert chart.columns[0].words == "Nov 1: 1 min\nUS: 1 min"
    assert chart.columns[1].words == "Nov 2: 5 min\nEU: 3 min\nUS: 2 min"
    assert chart.summary == "Nov 1 to Nov 2: 6 min in total, the most: Nov 2, 5 min."


def test_the_table_has_every_number_and_its_sums() -> None:
    chart = drawn(["1.10", "2"], ["0.05", "0"])

    assert [(row.name, row.cells, row.total) for row in chart.rows] == [
        ("Nov 1", ("1.1", "0.05"), "1.15"),
        ("Nov 2", ("2", "0"), "2"),
    ]
    assert (chart.totals, chart.total) == (("3.1", "0.05"), "3.15")
    assert [entry.total for entry in chart.legend] == ["3.1", "0.05"]


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(UnevenSeries):
        drawn(["1"], ["1", "2"], days=1)


def test_more_series_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(TooManySeries):
        drawn(*[["1"]] * 7)


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.lists(
            st.lists(st.decimals(-(10**9), 10**9, places=3), min_size=n, max_size=n),
            min_size=1,
            max_size=6,
        )
    )
)
def test_no_bar_leaves_the_picture(series: list[list[Decimal]]) -> None:
    chart = stacked_bars(
        title="Any",
        categories=[str(place) for place in range(len(series[0]))],
        series=[Series(str(place), values) for place, values in enumerate(series)],
    )

    for column in chart.columns:
        for part in column.segments:
            assert part.y >= 0
            assert part.height >= 1
            assert part.y + part.height <= HEIGHT
