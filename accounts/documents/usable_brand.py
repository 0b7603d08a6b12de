"""What a brand must be, so that documents and e-mails can carry it."""

import re
from typing import Protocol

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class UnusableBrand(ValueError):
    """A colour or the logo of a brand is not what it has to be."""


class Coloured(Protocol):
    """Whatever has the colours of a brand."""

    @property
    def code(self) -> str: ...

    @property
    def primary_colour(self) -> str: ...

    @property
    def accent_colour(self) -> str: ...


def checked_colours(brand: Coloured) -> tuple[str, str]:
    """
    Return the brand's two colours, fit to stand in a style sheet.

    :raises UnusableBrand: one of them is not written like #1f6feb.
    """
    for colour in (brand.primary_colour, brand.accent_colour):
        if not _COLOUR.fullmatch(colour):
            raise UnusableBrand(f"{colour!r} of {brand.code} is not a colour such as #1f6feb")
    return brand.primary_colour, brand.accent_colour
