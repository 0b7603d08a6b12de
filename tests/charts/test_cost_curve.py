"""Totals by quantity: where the lines stand, and the exact numbers behind them."""

import itertools
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from charts.cost_curve import HEIGHT, Curve, Straight, Stretch, TooManyCurves, cost_curve
from charts.cost_curve_shapes import CostCurve, CurveRow, Shade, Stroke


def curve(name: str, *pieces: tuple[int, int, int, int], at_start: bool = False) -> Curve:
    """Return a curve of pieces: start, total there, end, total there."""
    return Curve(name, [Straight(*map(Fraction, piece)) for piece in pieces], at_start)


FALLING = curve("New", (0, 0, 100, 100), (100, 80, 200, 160))


def drawn(*curves: Curve, stretches: tuple[Stretch, ...] = (), bounds: int = 100) -> CostCurve:
    return cost_curve(
        title="Minutes & <more>",
        curves=curves,
        bounds=[Decimal(bounds)],
        stretches=stretches,
        money_words=lambda amount: f"${amount}",
    )


def test_pieces_and_the_jumps_between_them_are_lines() -> None:
    chart = drawn(FALLING)

    assert chart.strokes == (
        Stroke(1, "0%", HEIGHT, "50%", HEIGHT // 2),
        Stroke(1, "50%", HEIGHT // 2, "50%", round(HEIGHT * Fraction(3, 5)), is_jump=True),
        Stroke(1, "50%", round(HEIGHT * Fraction(3, 5)), "100%", round(HEIGHT / 5)),
    )
    assert (chart.grid[-1].text, chart.grid[-1].y) == ("200", 0)


def test_a_bound_costs_what_the_piece_before_says() -> None:
    chart = drawn(FALLING)

    assert [mark.words for mark in chart.marks] == ["100: $100"]
    assert chart.bounds == ("50%",)
    assert CurveRow("100", ("$100",)) in chart.rows
    assert CurveRow("101", ("$404/5",)) in chart.rows


def test_where_the_jump_is_at_the_start_a_bound_costs_what_the_piece_after_says() -> None:
    full = curve("Full", (0, 0, 10, 0), (10, 3, 20, 3), (20, 6, 20, 6), at_start=True)

    chart = drawn(full, bounds=10)

    assert CurveRow("10", ("$3",)) in chart.rows
    assert CurveRow("20", ("$6",)) in chart.rows


def test_a_stretch_is_shaded_and_told() -> None:
    words = "From 101 to 124 the total is lower than at 100."
    chart = drawn(FALLING, stretches=(Stretch(Fraction(100), Fraction(125), words),))

    assert chart.shades == (Shade("50%", "12.5%", words),)
    assert chart.notes == (words,)
    assert chart.summary == f"$160 at 200. {words}"
    assert CurveRow("125", ("$100",)) in chart.rows


def test_a_stretch_without_end_reaches_to_the_edge() -> None:
    chart = drawn(FALLING, stretches=(Stretch(Fraction(100), None, "On and on."),))

    assert chart.shades[0].width == "50%"


def test_two_curves_are_compared_as_far_as_the_longer_one() -> None:
    chart = drawn(curve("Old", (0, 0, 50, 50)), FALLING)

    assert chart.names == ("Old", "New")
    assert chart.summary == "Old: $50 at 50; New: $160 at 200."
    assert CurveRow("50", ("$50", "$50")) in chart.rows
    assert CurveRow("100", ("", "$100")) in chart.rows
    assert [mark.words for mark in chart.marks] == ["New, 100: $100"]


def test_more_curves_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(TooManyCurves, match="4 curves, 3 can be told apart"):
        drawn(FALLING, FALLING, FALLING, FALLING)


def test_names_below_leave_each_other_room() -> None:
    many = cost_curve(
        title="t", curves=[FALLING], bounds=[Decimal(bound) for bound in range(2, 200, 2)]
    )

    shares = [Decimal(label.x.rstrip("%")) for label in many.labels]
    assert all(other - one >= 9 for one, other in itertools.pairwise(shares))
    assert {label.anchor for label in many.labels} == {"start", "middle", "end"}
    assert len([label for label in many.labels if label.narrow]) == 4


def test_without_bounds_round_quantities_stand_below() -> None:
    plain_one = cost_curve(title="t", curves=[curve("One", (0, 0, 100, 0))])

    assert [label.text for label in plain_one.labels] == ["0", "20", "40", "60", "80", "100"]
    assert plain_one.strokes == (Stroke(1, "0%", HEIGHT, "100%", HEIGHT),)


def test_the_template_has_a_title_a_description_and_a_table() -> None:
    stretch = Stretch(Fraction(100), Fraction(125), "Lower.")
    chart = drawn(curve("<Old>", (0, 0, 50, 50)), FALLING, stretches=(stretch,))

    markup = render_to_string("charts/cost_curve.html", {"chart": chart})

    figure = ElementTree.fromstring(markup)
    picture = figure.find(".//svg[@role='img']")
    assert picture is not None
    assert picture.findtext("title") == "Minutes & <more>"
    assert picture.findtext("desc") == chart.summary
    assert len(picture.findall(".//line[@class='chart-stroke chart-stroke-2 chart-jump']")) == 1
    assert len(figure.findall(".//ul[@class='chart-legend']/li")) == 2
    assert len(figure.findall(".//tbody/tr")) == len(chart.rows)
    assert "style" not in markup


def test_nothing_to_show_is_said_without_a_picture() -> None:
    figure = ElementTree.fromstring(
        render_to_string("charts/cost_curve.html", {"chart": cost_curve(title="t", curves=[])})
    )

    assert figure.find(".//svg") is None
    assert figure.findtext("figcaption") == "Nothing to show."
