"""The colours of the product, by the contrast of WCAG 2.2, in both schemes."""

import re
from itertools import product

import pytest

from accounts.brand_colours import (
    CONTROL_CONTRAST,
    DARK_SURFACES,
    LIGHT_SURFACES,
    TEXT_CONTRAST,
    contrast,
)
from tests.design.sheets import DESIGN

SURFACES = ("surface", "surface-raised", "surface-sunken")
TEXTS = ("text", "text-quiet", "brand-ink", "accent", "good", "waiting", "bad", "info")
STATES = ("good", "waiting", "bad", "info")
SCHEMES = ("light", "dark")
COLOUR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")

TOKENS = {
    name: dict(zip(SCHEMES, (light, dark), strict=True))
    for name, light, dark in COLOUR.findall((DESIGN / "tokens.css").read_text())
}

ON_EACH_OTHER = [
    *product(TEXTS, SURFACES),
    *((state, f"{state}-surface") for state in STATES),
    *(("text", f"{state}-surface") for state in STATES),
    ("brand-text", "brand"),
    ("bad-fill-text", "bad-fill"),
]
BESIDE_EACH_OTHER = [
    *product(("line-strong", "brand", "bad-fill", "focus"), SURFACES),
    *((f"chart-{number}", "surface-raised") for number in range(1, 7)),
    *(("focus", f"{state}-surface") for state in STATES),
]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text, surface", ON_EACH_OTHER)
def test_text_is_readable_on_its_surface(text: str, surface: str, scheme: str) -> None:
    assert contrast(TOKENS[text][scheme], TOKENS[surface][scheme]) >= TEXT_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("part, surface", BESIDE_EACH_OTHER)
def test_a_control_stands_out_from_its_surface(part: str, surface: str, scheme: str) -> None:
    assert contrast(TOKENS[part][scheme], TOKENS[surface][scheme]) >= CONTROL_CONTRAST


def test_brands_are_made_readable_on_the_surfaces_that_pages_have() -> None:
    assert tuple(TOKENS[name]["light"] for name in SURFACES) == LIGHT_SURFACES
    assert tuple(TOKENS[name]["dark"] for name in SURFACES) == DARK_SURFACES
