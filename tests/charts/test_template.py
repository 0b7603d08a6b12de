"""The template that draws the bars."""

from decimal import Decimal
from xml.etree import ElementTree

from django.template.loader import render_to_string

from charts.stacked_bars import Series, stacked_bars


def rendered(days: int, series: int) -> str:
    chart = stacked_bars(
        title="Minutes & <more>",
        categories=[f"Nov {day}" for day in range(1, days + 1)],
        series=[Series(f"<{name}>", [Decimal(2)] * days) for name in range(series)],
        key="minutes",
    )
    return render_to_string("charts/stacked_bars.html", {"chart": chart})


def test_the_picture_has_a_title_a_description_and_a_table_behind_it() -> None:
    figure = ElementTree.fromstring(rendered(3, 2))

    picture = figure.find(".//svg[@role='img']")
    assert picture is not None
    assert picture.findtext("title") == "Minutes & <more>"
    assert picture.attrib["aria-labelledby"] == "minutes-title minutes-desc"
    assert len(picture.findall(".//rect[@class='chart-bar']")) == 6
    assert [cell.text for cell in figure.findall(".//tfoot//td")] == ["6", "6", "12"]
    assert len(figure.findall(".//ul[@class='chart-legend']/li")) == 2


def test_every_series_has_a_pattern_of_its_own() -> None:
    figure = ElementTree.fromstring(rendered(1, 6))

    patterns = figure.findall(".//pattern")
    shapes = {
        "".join(f"{part.tag}{part.attrib.get('d', '')}" for part in each) for each in patterns
    }
    assert len(shapes) == len(patterns) == 6


def test_one_series_needs_no_legend_and_no_second_sum() -> None:
    figure = ElementTree.fromstring(rendered(2, 1))

    assert figure.find(".//ul") is None
    assert [cell.text for cell in figure.findall(".//tfoot//td")] == ["4"]


def test_nothing_to_show_is_said_without_a_picture() -> None:
    figure = ElementTree.fromstring(rendered(0, 1))

    assert figure.find(".//svg") is None
    assert figure.findtext("figcaption") == "Nothing to show."


def test_no_style_stands_in_the_markup() -> None:
    assert "style" not in rendered(3, 6)
