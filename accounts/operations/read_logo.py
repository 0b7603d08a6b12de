"""Making a logo of ours out of an uploaded picture."""

from io import BytesIO

from PIL import Image, UnidentifiedImageError

LARGEST_BYTES = 2 * 1024 * 1024
LARGEST_SIDE_PIXELS = 6000
KEPT_PIXELS = (800, 320)
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


class LogoRefused(ValueError):
    """The upload is no picture that can be a logo; the message says why."""


def read_logo(*, upload: bytes) -> bytes:
    """
    Return the picture as a PNG of at most 800 x 320 pixels, without anything else of the file.

    :raises LogoRefused: too large, or not a PNG, JPEG, GIF or WebP picture.
    """
    if len(upload) > LARGEST_BYTES:
        raise LogoRefused("The file is larger than 2 MB.")
    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as picture:
            if max(picture.size) > LARGEST_SIDE_PIXELS:
                raise LogoRefused(f"A side is longer than {LARGEST_SIDE_PIXELS} pixels.")
            kept = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise LogoRefused("Upload a PNG, JPEG, GIF or WebP picture.") from error
    kept.thumbnail(KEPT_PIXELS)
    written = BytesIO()
    kept.save(written, format="PNG", optimize=True)
    return written.getvalue()
