"""
Plain scalars of the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/, section 10.3.2).

Unlike YAML 1.1, NO and off are text, and so are 18:00 and 2024-11-01.
"""

import re

from plan_file.format.tree import Refused, WrittenFloat

LONGEST_NUMBER = 100

_NULLS = frozenset(["", "~", "null", "Null", "NULL"])
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
    re.ASCII,
)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+", re.ASCII)


def plain_scalar(text: str) -> object:
    """Return the null, flag, whole number, float or text that an unquoted scalar means."""
    if text in _NULLS:
        return None
    if text in _FLAGS:
        return _FLAGS[text]
    if _INTEGER.fullmatch(text):
        return whole_number(text)
    if _FLOAT.fullmatch(text):
        return WrittenFloat(text) if len(text) <= LONGEST_NUMBER else _too_long()
    return text


def whole_number(text: str) -> int | Refused:
    """
    Return the number that the digits write.

    Leading zeros are refused: a postal code or an area that begins with one would
    lose it without a word.
    """
    if len(text) > LONGEST_NUMBER:
        return _too_long()
    if _LEADING_ZERO.fullmatch(text):
        return Refused(f"would lose its leading zero: write it as text, '{text}'")
    return int(text, 0)


def _too_long() -> Refused:
    return Refused(f"is a number of more than {LONGEST_NUMBER} characters")
