"""
Reading a JSON body so that one bad item costs only itself.

What is no JSON at all is refused whole. What JSON allows but a bill does not (a
name twice, NaN, deep nesting, NUL) is read into a marker that the item's own
check finds. Numbers keep every digit: floats never exist.
"""

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

MAXIMUM_DEPTH = 32
LONGEST_NAME = 255
"""Characters of a name that a pointer or a reason repeats."""

# Possessive, and a string may be left open at the end: no body makes this search twice.
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_TOO_DEEP = "\x00nested too deep\x00"
_DIGITS_OF_AN_INT = 40
_MOST_DIGITS = 100
_FURTHEST_EXPONENT = 308


class NotJson(ValueError):
    """The body is no JSON; the message says where, and begins with "the body"."""


class TwiceNamed(dict[str, Any]):
    """An object in which a name stands twice; `name` is the first such one."""

    name: str


class NotANumber:
    """The words NaN, Infinity or -Infinity, which JSON does not have."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __str__(self) -> str:
        return self.word


def read_json(body: bytes) -> Any:
    """
    Return the body as Python values: numbers as int or Decimal, markers for the rest.

    :raises NotJson: where the body is no JSON in UTF-8, or has a byte order mark before it,
        which RFC 8259, section 8.1, does not allow.
    """
    if body.startswith(codecs.BOM_UTF8):
        # The decoder would tell of a first column in which nobody sees anything.
        raise NotJson("the body begins with a byte order mark (EF BB BF); send it without")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise NotJson(f"the body is not UTF-8 at byte {error.start}") from error
    try:
        return _decoded(text)
    except RecursionError:
        return _decoded(_cut_deep_parts(body).decode())


def _decoded(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise NotJson(f"the body is not JSON at {place}: {error.msg}") from error


# The way from the item to a value, last name first. It becomes a pointer where there is a fault:
# made for each value, a long name would be copied for each one that lies under it.
_Path: TypeAlias = "tuple[_Path, str | int] | None"


def faults(value: Any) -> Iterator[tuple[str, str, str]]:
    """Yield (pointer, code, reason) for what a JSON value holds that no event may hold."""
    for path, code, reason in _faults(value, None, 1):
        yield _pointer(path), code, reason


def _faults(value: Any, path: _Path, depth: int) -> Iterator[tuple[_Path, str, str]]:
    if isinstance(value, str):
        yield from _faults_of_text(value, path)
    elif isinstance(value, NotANumber):
        yield path, "not_a_number", f"{value} is not a number"
    elif isinstance(value, int | Decimal) and _is_out_of_reach(Decimal(value)):
        reason = f"more than {_MOST_DIGITS} digits, or an exponent beyond {_FURTHEST_EXPONENT}"
        yield path, "number_out_of_range", reason
    elif isinstance(value, dict | list):
        if depth > MAXIMUM_DEPTH:
            yield path, "too_deep", f"nested more than {MAXIMUM_DEPTH} deep"
            return
        if isinstance(value, TwiceNamed):
            shown = value.name[:LONGEST_NAME].encode("ascii", "backslashreplace").decode()
            yield path, "duplicate_key", f"the name {shown!r} stands twice"
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, part in pairs:
            if isinstance(name, str):
                yield from _faults_of_text(name, path)
            yield from _faults(part, (path, name), depth + 1)


def _faults_of_text(text: str, path: _Path) -> Iterator[tuple[_Path, str, str]]:
    if "\x00" in text:
        yield path, "nul", "text holds a NUL character"
    elif not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        yield path, "lone_surrogate", "text holds half of a surrogate pair"


def _is_out_of_reach(number: Decimal) -> bool:
    """Nothing counts in such numbers, and reckoning with them takes minutes."""
    _, digits, exponent = number.as_tuple()
    return (
        len(digits) > _MOST_DIGITS
        or not isinstance(exponent, int)
        or abs(exponent) > _FURTHEST_EXPONENT
    )


def _pointer(path: _Path) -> str:
    names: list[str] = []
    while path is not None:
        path, name = path
        names.append(f"/{escaped(name)}")
    return "".join(reversed(names))


def escaped(name: object) -> str:
    """
    Return a name as a part of a JSON pointer (RFC 6901), safe to send back.

    Of a longer one the first `LONGEST_NAME` characters.
    """
    shown = str(name)[:LONGEST_NAME].encode("ascii", "backslashreplace").decode()
    return shown.replace("\x00", "\\u0000").replace("~", "~0").replace("/", "~1")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    marked = TwiceNamed(plain)
    seen: set[str] = set()
    names = (name for name, _ in pairs)
    name = next(names)
    while name not in seen:
        seen.add(name)
        name = next(names)
    marked.name = name
    return marked


def _integer(digits: str) -> int | Decimal:
    # Python refuses, slowly, to read integers of thousands of digits.
    return int(digits) if len(digits) <= _DIGITS_OF_AN_INT else _fraction(digits)


def _has_too_many_digits(digits: str) -> bool:
    """Tell before the number is made: one of millions of digits takes ten times their memory."""
    mantissa = digits.lower().partition("e")[0]
    return len(mantissa.replace(".", "").lstrip("-0")) > _MOST_DIGITS


def _fraction(digits: str) -> Decimal:
    if len(digits) > 10 * _MOST_DIGITS and _has_too_many_digits(digits):
        return Decimal("NaN")
    try:
        return Decimal(digits)
    except InvalidOperation:
        # An exponent of so many digits that Decimal has none; `faults` finds it.
        return Decimal("NaN")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_fraction,
    parse_int=_integer,
    parse_constant=NotANumber,
)


def _cut_deep_parts(body: bytes) -> bytes:
    """Return the body with everything far below the allowed depth replaced by a marker."""
    kept: list[bytes] = []
    depth = 0
    taken_to = 0
    for token in _STRUCTURE.finditer(body):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
            if depth == 2 * MAXIMUM_DEPTH:
                kept.append(body[taken_to : token.start()] + json.dumps(_TOO_DEEP).encode())
        elif mark in (b"]", b"}"):
            if depth == 2 * MAXIMUM_DEPTH:
                taken_to = token.end()
            depth -= 1
    if depth:
        raise NotJson("the body is not JSON: a bracket is left open")
    kept.append(body[taken_to:])
    return b"".join(kept)
