"""Properties as they are compared, grouped and printed: as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from usage.metering.measurement_errors import BadValue
from values.exact import NotExact, exact_decimal

LONGEST_DIMENSION = 255
"""Characters of a dimension's value: it stands on invoices, and in every line's key."""

# Control and format characters (among them those that turn the direction of writing), and the
# two that break a line: text that prints as nothing, or as other than it is.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Zl", "Zp"})


def dimension_text(name: str, value: object) -> str | None:
    """
    Return a property as it is compared: 2 is ``2``, true is ``true``, null is absent (None).

    :raises BadValue: an object, a list, a number that is not exact, or a text that is longer
        than `LONGEST_DIMENSION` or holds a control or format character.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _printable(name, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list | tuple):
        raise BadValue(name=name, reason=f"'{name}' must be one value, not a list or an object")
    try:
        return format(exact_decimal(value), "f")
    except NotExact as error:
        raise BadValue(name=name, reason=f"'{name}': {error}") from error


def _printable(name: str, text: str) -> str:
    if len(text) > LONGEST_DIMENSION:
        reason = f"'{name}' has more than {LONGEST_DIMENSION} characters"
        raise BadValue(name=name, reason=reason)
    if text.isprintable():
        return text
    for character in text:
        if unicodedata.category(character) in _UNPRINTABLE:
            reason = f"'{name}' holds the invisible character U+{ord(character):04X}"
            raise BadValue(name=name, reason=reason)
    return text
