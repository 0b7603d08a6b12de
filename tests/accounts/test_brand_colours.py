"""Brands made readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.brand_colours import (
    CONTROL_CONTRAST,
    DARK_SURFACES,
    LIGHT_SURFACES,
    TEXT_CONTRAST,
    NoColour,
    Shades,
    brand_colours,
    brand_css,
    contrast,
)

COLOURS = st.from_regex(r"\A#[0-9a-fA-F]{6}\Z")


def worst(colour: str, surfaces: tuple[str, ...]) -> float:
    return min(contrast(colour, surface) for surface in surfaces)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@given(COLOURS, COLOURS)
def test_whatever_the_brand_it_is_readable_in_both_schemes(primary: str, accent: str) -> None:
    colours = brand_colours(primary, accent)

    for shades, surfaces in ((colours.light, LIGHT_SURFACES), (colours.dark, DARK_SURFACES)):
        assert contrast(shades.brand_text, shades.brand) >= TEXT_CONTRAST
        assert worst(shades.brand, surfaces) >= CONTROL_CONTRAST
        assert worst(shades.brand_ink, surfaces) >= TEXT_CONTRAST
        assert worst(shades.accent, surfaces) >= TEXT_CONTRAST


def test_a_colour_that_is_readable_stays_as_it_is() -> None:
    assert brand_colours("#173F5F", "#0f766e").light == Shades(
        brand="#173f5f", brand_text="#ffffff", brand_ink="#173f5f", accent="#0f766e"
    )


def test_a_bright_brand_is_darkened_for_paper_and_keeps_its_hue_in_the_dark() -> None:
    colours = brand_colours("#ffee00", "#ffffff")

    assert colours.dark.brand == "#ffee00"
    assert colours.dark.brand_text == "#000000"
    red, green, blue = (int(colours.light.brand[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue == 0
    assert colours.dark.accent == "#ffffff"


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "red",
        "#fff",
        "#12345",
        "#1234567",
        "#12345g",
        "#123456\n",
        " #123456",
        "#123456;}body{display:none",
        "#\uff11\uff12\uff13\uff14\uff15\uff16",
        "url(x)",
        "</style>",
        "\x00",
    ],
)
def test_what_is_no_colour_reaches_no_style_sheet(hostile: str) -> None:
    with pytest.raises(NoColour):
        brand_css(hostile, "#0f766e")
    with pytest.raises(NoColour):
        brand_css("#1f4ed8", hostile)


def test_the_style_sheet_has_four_variables_and_nothing_else() -> None:
    css = brand_css("#173f5f", "#2a9d8f")

    pair = r"light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\)"
    names = ("brand", "brand-text", "brand-ink", "accent")
    expected = "".join(rf"  --{name}: {pair};\n" for name in names)
    assert re.fullmatch(rf":root \{{\n{expected}\}}\n", css)
