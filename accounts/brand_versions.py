"""What a brand's files hold, and a version of each for its address."""

import hashlib

from accounts.brand_colours import NoColour, brand_css
from accounts.models import Brand

VERSION_LENGTH = 12


def css_of(brand: Brand) -> str:
    """Return the brand's style sheet; an empty one, and so our own colours, for a bad colour."""
    try:
        return brand_css(brand.primary_colour, brand.accent_colour)
    except NoColour:
        return ""


def version_of(content: bytes) -> str:
    """Return a short text that is another for other content."""
    return hashlib.sha256(content).hexdigest()[:VERSION_LENGTH]
