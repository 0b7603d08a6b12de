"""
The colours of a brand, made readable.

A reseller names two colours; what a page needs is the brand as a fill, a text on that fill, and
the brand as text, in a light and in a dark scheme. A colour that would be too faint is darkened
or lightened at its own hue until the contrast of WCAG 2.2 holds: 4.5 for text, 3 for controls.
No Django here. The floats are of colours, never of money.
"""

import colorsys
import re
from dataclasses import dataclass
from functools import lru_cache

TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0
LIGHT_SURFACES = ("#f7f8fa", "#ffffff", "#eff1f5")
DARK_SURFACES = ("#0f1217", "#171b22", "#1e232c")
"""The surfaces of static/design/tokens.css; a test holds the two together."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
_STEPS = 200


class NoColour(ValueError):
    """A text that is no colour such as #1f6feb."""


@dataclass(frozen=True, slots=True)
class Shades:
    """A brand in one scheme, each as #rrggbb."""

    brand: str
    brand_text: str
    brand_ink: str
    accent: str


@dataclass(frozen=True, slots=True)
class BrandColours:
    """A brand in both schemes."""

    light: Shades
    dark: Shades


@lru_cache(maxsize=256)
def brand_colours(primary: str, accent: str) -> BrandColours:
    """
    Return the readable shades of a brand's two colours.

    :raises NoColour: one of them is not # and six hexadecimal digits.
    """
    return BrandColours(
        light=_shades(primary, accent, LIGHT_SURFACES, lighter=False),
        dark=_shades(primary, accent, DARK_SURFACES, lighter=True),
    )


def brand_css(primary: str, accent: str) -> str:
    """
    Return the style sheet that puts a brand's colours over those of tokens.css.

    :raises NoColour: one of them is not # and six hexadecimal digits.
    """
    colours = brand_colours(primary, accent)
    names = ("brand", "brand_text", "brand_ink", "accent")
    lines = []
    for name in names:
        light, dark = (getattr(shades, name) for shades in (colours.light, colours.dark))
        lines.append(f"  --{name.replace('_', '-')}: light-dark({light}, {dark});")
    return ":root {\n" + "\n".join(lines) + "\n}\n"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2.2: 1 for the same, 21 for black and white."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _shades(primary: str, accent: str, surfaces: tuple[str, ...], *, lighter: bool) -> Shades:
    fill = _until(primary, surfaces, CONTROL_CONTRAST, lighter=lighter)
    return Shades(
        brand=fill,
        brand_text=_text_on(fill),
        brand_ink=_until(primary, surfaces, TEXT_CONTRAST, lighter=lighter),
        accent=_until(accent, surfaces, TEXT_CONTRAST, lighter=lighter),
    )


def _until(colour: str, surfaces: tuple[str, ...], least: float, *, lighter: bool) -> str:
    """Return the colour, moved at its hue towards white or black until it stands out."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    end = 1.0 if lighter else 0.0
    for step in range(_STEPS + 1):
        moved = lightness + (end - lightness) * step / _STEPS
        shade = _hex(colorsys.hls_to_rgb(hue, moved, saturation)) if step else colour.lower()
        if all(contrast(shade, surface) >= least for surface in surfaces):
            return shade
    raise AssertionError("white and black stand out on every surface of ours")


def _text_on(fill: str) -> str:
    # One of the two always reaches 4.5, whatever the fill.
    return "#ffffff" if contrast("#ffffff", fill) >= TEXT_CONTRAST else "#000000"


def _channels(colour: str) -> tuple[float, float, float]:
    if not _COLOUR.fullmatch(colour):
        raise NoColour(f"{colour!r} is not a colour such as #1f6feb")
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
