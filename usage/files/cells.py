"""Values of cells as the types of properties."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from usage.files.rows import shown
from values.exact import NotExact, exact_decimal

_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,18})?", re.ASCII)
_COMMA_NUMBER = re.compile(r"[+-]?\d{1,30}(,\d{1,18})?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,5}):)?(\d{1,2}):(\d{2})(\.\d{1,6})?", re.ASCII)
# What MySQL writes where there is no time, in either order of the date, and others since 1970.
_NO_TIME = re.compile(
    r"(?:0{4}-00-00|00[/.-]00[/.-]0{4})(?:[T ]00:00(?::00(?:\.0{1,9})?)?Z?)?|0", re.ASCII
)
_TRUE = frozenset({"true", "yes", "y", "1", "t"})
_FALSE = frozenset({"false", "no", "n", "0", "f"})
_SIXTY = 60
# What a workbook's cell shows as a time of day alone falls on these.
_DAYS_BEFORE_ALL = frozenset({date(1899, 12, 31), date(1904, 1, 1)})


class BadValue(ValueError):
    """A value that is not of its type; the message says why."""


def is_empty(value: Any) -> bool:
    """Return whether a cell holds nothing."""
    return value is None or value == "" or (isinstance(value, str) and not value.strip())


def is_no_time(value: Any) -> bool:
    """Return whether a cell for a time holds none: nothing, or zeroes (``0000-00-00 00:00:00``)."""
    if isinstance(value, str):
        text = value.strip()
        return not text or (text[0] == "0" and _NO_TIME.fullmatch(text) is not None)
    return value is None or (value == 0 and not isinstance(value, bool))


def as_text(value: Any) -> str:
    """
    Return the value as text; a number keeps its digits.

    :raises BadValue: a list or an object.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | Decimal):
        return str(value)
    raise BadValue("is a list or an object, where a single value belongs")


def as_number(value: Any, *, decimal_comma: bool) -> Decimal:
    """
    Return the exact number.

    :raises BadValue: other scripts' digits, exponents, thousands' marks, words.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise BadValue("is no number")
    if not isinstance(value, str):
        try:
            return exact_decimal(value)
        except NotExact as error:
            raise BadValue(f"is a number of {error}") from error
    text = value.strip()
    if decimal_comma:
        if not _COMMA_NUMBER.fullmatch(text):
            raise BadValue(f"{shown(text)!r} is no number such as 12 or 0,25")
        text = text.replace(",", ".")
    elif not _NUMBER.fullmatch(text):
        raise BadValue(f"{shown(text)!r} is no number such as 12 or 0.25")
    return Decimal(text)


def is_plain_number(text: str) -> bool:
    """Return whether a text is a number with a point or none, and nothing around it."""
    return _NUMBER.fullmatch(text) is not None


def as_boolean(value: Any) -> bool:
    """
    Return true or false.

    :raises BadValue: neither is written.
    """
    if isinstance(value, bool):
        return value
    word = as_text(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise BadValue(f"{shown(word)!r} is neither true nor false")


def as_seconds(value: Any, *, decimal_comma: bool) -> Decimal:
    """
    Return how many seconds ``1:02:03``, ``02:03`` or a number of seconds are.

    A spreadsheet's time of day without a day is one too.

    :raises BadValue:
    """
    if isinstance(value, datetime) and value.date() in _DAYS_BEFORE_ALL:
        value = value.time().isoformat()
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return as_number(value, decimal_comma=decimal_comma)
    hours, minutes, seconds, fraction = found.groups()
    if int(seconds) >= _SIXTY or (hours is not None and int(minutes) >= _SIXTY):
        raise BadValue(f"{shown(value)!r} is no duration such as 1:02:03")
    whole = (int(hours or 0) * _SIXTY + int(minutes)) * _SIXTY + int(seconds)
    return whole + Decimal(fraction or 0)
