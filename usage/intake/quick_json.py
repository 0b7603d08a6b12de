"""A JSON object read quickly, where nothing in it is odd."""

from decimal import Decimal
from typing import Any

import msgspec

from usage.intake.json_body import MAXIMUM_DEPTH

_LONGEST_NUMBER = 40
_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * (_LONGEST_NUMBER + 1)
# A colon may be written so; the careful way also looks for NUL.
_ODD_ESCAPES = (b"\\u0000", b"\\u003a", b"\\u003A")


class NeedsCare(ValueError):
    """The quick way cannot tell that what it read is good."""


def read_quickly(raw: bytes) -> dict[str, Any]:
    """
    Return the object as `read_json` does; of a name that stands twice the last value.

    :raises NeedsCare: there may be more in it than the quick way sees.
    :raises msgspec.MsgspecError: it is no object, or no JSON.
    """
    if (
        (b"\\" in raw and any(escape in raw for escape in _ODD_ESCAPES))
        or raw.count(b"{") + raw.count(b"[") > MAXIMUM_DEPTH
        or _MANY_DIGITS in raw.translate(_AS_ZERO)
    ):
        raise NeedsCare
    return _DECODER.decode(raw)


def _fraction(digits: str) -> Decimal:
    # With an exponent, or with many digits, it may be out of reach.
    if len(digits) > _LONGEST_NUMBER or "e" in digits or "E" in digits:
        raise NeedsCare
    return Decimal(digits)


_DECODER = msgspec.json.Decoder(dict[str, Any], float_hook=_fraction)
