"""
A value that stands for a person, wherever it stands in a body: a number, an agent's id, a name.

A number is the same however it is written: with a plus, blanks, brackets, or as a JSON number.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from usage.intake.kept_properties import (
    BETWEEN_DIGITS,
    FEWEST_DIGITS,
    is_plain_name,
    looks_like_number,
)

LONGEST_VALUE = 255
# Bodies are matched as JSON texts, in which tabs and ends of lines are escaped.
_BETWEEN = rf"(?:[{BETWEEN_DIGITS}]|\\[tnrf]|\\u000[bB])*"
# A spreadsheet's number, or that of a program which knows no others than fractions.
_WHOLE = re.compile(r"\s*\+?(\d+)\.0+\s*", re.ASCII)
_ALSO_WRITTEN = {
    '"': ('""', "&quot;"),
    "'": ("&apos;",),
    "&": ("&amp;",),
    "<": ("&lt;",),
    ">": ("&gt;",),
    "/": ("\\/",),
}
_HEX_DIGITS = 24
_UNTOUCHED = frozenset({"event_name", "idempotency_key", "occurred_at"})

Replace = Callable[[str, str], str]
"""From the property that it stands in (the name at the top) and the text to what stands there."""


class NoSuchValue(ValueError):
    """Nothing, or too little to be one person's."""


@dataclass(frozen=True)
class PersonalValue:
    """
    :raises NoSuchValue: it is empty, too long, or shorter than three characters.
    """

    text: str

    def __post_init__(self) -> None:
        if not 3 <= len(self.text.strip()) <= LONGEST_VALUE or "\x00" in self.text:
            raise NoSuchValue(f"A value has 3 to {LONGEST_VALUE} characters.")

    @cached_property
    def digits(self) -> str:
        """The digits of a number, empty for any other value."""
        text = self.text.strip()
        found = "".join(filter(str.isdecimal, text))
        return found if len(found) >= FEWEST_DIGITS and looks_like_number(text) else ""

    @cached_property
    def pattern(self) -> str:
        """A regular expression, of PostgreSQL and Python alike, that no body with it fails."""
        if self.digits:
            return rf"(?<!\d){_BETWEEN.join(self.digits)}(?!\d)"
        return _literal(msgspec.json.encode(self.text.strip()).decode()[1:-1])

    @cached_property
    def pattern_in_texts(self) -> str:
        """
        A regular expression of both for texts that are no bodies, however they write letters.

        As they are, or as JSON, CSV and XML escape them: cells, messages, bytes of files.
        """
        return self.pattern if self.digits else "".join(map(_written, self.text.strip()))

    def may_stand_in(self, text: str) -> bool:
        """Return whether a text may say the value; one that does not match surely does not."""
        return re.search(self.pattern, text) is not None

    def is_said_by(self, value: object) -> bool:
        """Return whether a single value of a body is this one."""
        if isinstance(value, bool) or value is None or isinstance(value, dict | list):
            return False
        text = value if isinstance(value, str) else str(value)
        if not self.digits:
            return text.strip() == self.text.strip()
        if not looks_like_number(text.strip()):
            return False
        if (whole := _WHOLE.fullmatch(text)) is not None and whole[1] == self.digits:
            return True
        return "".join(filter(str.isdecimal, text)) == self.digits

    def said_in(self, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """
        Yield (property at the top or ``customer``, text) of each place where a body says it.

        Names say it, too; but a plain name at the top is the property's own, and nobody's.
        """
        for name, value in _parts(body):
            if self._is_named_by(name):
                yield name, name
            yield from ((name, text) for text in self._texts(value))

    def replaced(self, body: Mapping[str, Any], by: Replace) -> dict[str, Any]:
        """Return the body with something else wherever it says the value; its key stays."""
        found: dict[str, Any] = {}
        for name, value in body.items():
            if name == "properties" and isinstance(value, dict):
                found[name] = self._object_without(value, None, by)
            else:
                found[name] = value if name in _UNTOUCHED else self._without(value, name, by)
        return found

    def hashed(self, secret: bytes, scope: str) -> str:
        """Return 64 hexadecimal digits by which the same value is known within the scope."""
        said = self.digits or self.text.strip()
        return hmac.new(secret, f"{scope}\nvalue\n{said}".encode(), hashlib.sha256).hexdigest()

    def _texts(self, value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                if self.is_said_by(name):
                    yield name
                yield from self._texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from self._texts(inner)
        elif self.is_said_by(value):
            yield str(value)

    def _without(self, value: Any, name: str, by: Replace) -> Any:
        if isinstance(value, dict):
            return self._object_without(value, name, by)
        if isinstance(value, list):
            return [self._without(inner, name, by) for inner in value]
        return by(name, str(value)) if self.is_said_by(value) else value

    def _object_without(
        self, value: Mapping[str, Any], at_top: str | None, by: Replace
    ) -> dict[str, Any]:
        """`at_top` is the property that the object lies in, None of the properties themselves."""
        found: dict[str, Any] = {}
        for name, inner in value.items():
            top = name if at_top is None else at_top
            told = name
            if self._is_named_by(name) if at_top is None else self.is_said_by(name):
                told = by(top, name)
                # Two names that became one would be one value less.
                while told in found or told in value:
                    told += "-2"
            found[told] = self._without(inner, top, by)
        return found

    def _is_named_by(self, name: str) -> bool:
        return not is_plain_name(name) and self.is_said_by(name)


def pseudonym(text: str, *, secret: bytes, scope: str, attempt: int) -> str:
    """Return what stands for a text: always the same in its scope, and leading nowhere."""
    return f"erased-{_keyed(text, secret, scope, attempt).hexdigest()[:_HEX_DIGITS]}"


def number_pseudonym(
    text: str, *, hidden_digits: int, secret: bytes, scope: str, attempt: int
) -> str:
    """Return a number written alike, its last digits others: always the same ones in its scope."""
    number = int.from_bytes(_keyed(text, secret, scope, attempt).digest())
    others = f"{number % 10**hidden_digits:0{hidden_digits}}"
    letters = list(text)
    places = [place for place, letter in enumerate(letters) if letter.isdecimal()]
    for place, digit in zip(places[-hidden_digits:], others, strict=True):
        letters[place] = digit
    return "".join(letters)


def _written(letter: str) -> str:
    """Return a pattern of the ways in which files write a letter."""
    if letter.isascii() and letter.isalnum():
        return letter
    code = ord(letter)
    ways = [letter, json.dumps(letter)[1:-1], *_ALSO_WRITTEN.get(letter, ())]
    ways += [f"\\u{code:04x}", f"\\u{code:04X}", f"&#{code};", f"&#x{code:x};", f"&#x{code:X};"]
    return f"(?:{'|'.join(map(_literal, dict.fromkeys(ways)))})"


def _literal(text: str) -> str:
    return re.sub(r"([^\w ])", r"\\\1", text)


def _keyed(text: str, secret: bytes, scope: str, attempt: int) -> hmac.HMAC:
    said = f"{scope}\npseudonym {attempt}\n{text}".encode()
    return hmac.new(secret, said, hashlib.sha256)


def _parts(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in body.items():
        if name == "properties" and isinstance(value, dict):
            yield from value.items()
        elif name not in _UNTOUCHED:
            yield name, value
