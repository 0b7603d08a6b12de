"""
Which properties of an event are kept, masked or dropped before anything of it is stored.

What is measured is measured before; see `docs/privacy.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

HIDDEN = "****"
"""What stands for characters that are not kept; how many there were is not told."""

KEPT_DIGITS = 4
FEWEST_DIGITS = 7
"""Digits of the shortest number of which the last four are kept: of fewer they would be most."""

_BLANKS = r"\s" "\N{NO-BREAK SPACE}\N{FIGURE SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
_DASHES = "\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
BETWEEN_DIGITS = rf"{_BLANKS}{_DASHES}().\-/"
"""What people write between the digits of a number, within the brackets of a regular expression."""

_NUMBER = re.compile(rf"[+(]?[\d{BETWEEN_DIGITS}]+", re.ASCII)
# They may have seven digits and more, too, and are nobody's number.
_DECIMAL = re.compile(rf"[+(\-{_DASHES}]?[\d{_BLANKS}]*\.\d+\)?", re.ASCII)
_YEAR_FIRST = re.compile(rf"\d{{4}}([{BETWEEN_DIGITS}])\d\d?\1\d\d?(\s.*)?", re.ASCII | re.DOTALL)
_YEAR_LAST = re.compile(rf"\d\d?([{BETWEEN_DIGITS}])\d\d?\1\d{{4}}(\s.*)?", re.ASCII | re.DOTALL)
_UNDIVIDED_DAY = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{6})?", re.ASCII)
_NO_TELEPHONES = (_DECIMAL, _YEAR_FIRST, _YEAR_LAST, _UNDIVIDED_DAY)
_MASKED = re.compile(r"\*{4}\d{0,4}", re.ASCII)
# Of names that became alike all but the first have a number behind.
_MASKED_NAME = re.compile(rf"{_MASKED.pattern}(-\d{{1,5}})?", re.ASCII)


class Keeping(StrEnum):
    """What is stored of a property."""

    KEEP = "keep"
    MASK = "mask"
    DROP = "drop"


@dataclass(slots=True)
class _Place:
    """A name in the tree of rules; `keeping` is None where only what lies in it has a rule."""

    keeping: Keeping | None = None
    inside: dict[str, _Place] = field(default_factory=dict)


_NO_RULES = _Place()


@dataclass(frozen=True)
class PropertyRules:
    """
    What is kept of each property, by its path, and of all `others`.

    A path is the names from `properties` on, joined by ``/``, with ``~1`` for a slash in a name
    and ``~0`` for a tilde, as in a JSON pointer; the elements of a list have the list's path. A
    rule holds for all that lies in its property, unless that has a rule of its own. Names are
    masked with what they name, but for plain ones and those that have a rule.
    """

    by_path: Mapping[str, Keeping]
    others: Keeping = Keeping.KEEP

    def keeping_of(self, name: str) -> Keeping:
        """Return what is stored of a property that stands at the top."""
        return self.by_path.get(path_of(name), self.others)

    def kept(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is stored of these properties; they themselves stay as they are."""
        return _kept_names(properties, self._tree, self.others)

    @cached_property
    def _tree(self) -> _Place:
        root = _Place()
        for path, keeping in self.by_path.items():
            place = root
            for name in path.split("/"):
                place = place.inside.setdefault(_name_of(name), _Place())
            place.keeping = keeping
        return root


def path_of(name: str) -> str:
    """Return the path of a property that stands at the top."""
    return name.replace("~", "~0").replace("/", "~1")


def masked_text(text: str) -> str:
    """
    Return what is shown of a text: of a number its last four digits, else nothing.

    What may be a day or a decimal is no such number: its last digits would tell most of it. A text
    that was masked before stays as it is.
    """
    if _MASKED.fullmatch(text):
        return text
    digits = "".join(filter(str.isdecimal, text))
    if len(digits) < FEWEST_DIGITS or not looks_like_number(text) or _is_no_telephone(text):
        return HIDDEN
    return HIDDEN + digits[-KEPT_DIGITS:]


def looks_like_number(text: str) -> bool:
    """Return whether a text is digits and what people write between those of a number."""
    return _NUMBER.fullmatch(text.strip()) is not None


def is_plain_name(name: str) -> bool:
    """
    Return whether a name is a word of those who write bodies: ``from_number``, ``leg2``.

    It is letters, digits and underscores, and too few digits for a number; whatever else names
    something may well be somebody: a number, an address, a first and a last name.
    """
    return name.isidentifier() and sum(map(str.isdecimal, name)) < FEWEST_DIGITS


def _is_no_telephone(text: str) -> bool:
    return any(kind.fullmatch(text.strip()) for kind in _NO_TELEPHONES)


def _name_of(escaped: str) -> str:
    return escaped.replace("~1", "/").replace("~0", "~")


def _kept_names(values: Mapping[str, Any], place: _Place, keeping: Keeping) -> dict[str, Any]:
    kept = {}
    hidden = _hidden_names(values, place.inside) if keeping is Keeping.MASK else {}
    for name, value in values.items():
        inside = place.inside.get(name)
        rule = keeping if inside is None or inside.keeping is None else inside.keeping
        if inside is not None and inside.inside and isinstance(value, dict | list):
            found = _kept_in(value, inside, rule)
            if found or rule is not Keeping.DROP:
                kept[name] = found
        elif rule is Keeping.KEEP:
            kept[name] = value
        elif rule is Keeping.MASK:
            kept[hidden.get(name, name)] = _masked(value)
    return kept


def _hidden_names(names: Iterable[str], with_rules: Collection[str]) -> dict[str, str]:
    """Return what is stored for each name that is not kept; no two become alike."""
    hidden: dict[str, str] = {}
    taken, alike = set(with_rules), Counter[str]()
    for name in names:
        if name in with_rules or is_plain_name(name):
            continue
        shown = name if _MASKED_NAME.fullmatch(name) else masked_text(name)
        first = shown.partition("-")[0]
        while shown in taken:
            alike[first] += 1
            shown = f"{first}-{alike[first] + 1}"
        taken.add(shown)
        hidden[name] = shown
    return hidden


def _kept_in(value: Any, place: _Place, keeping: Keeping) -> Any:
    if isinstance(value, dict):
        return _kept_names(value, place, keeping)
    if isinstance(value, list):
        found = [_kept_in(each, place, keeping) for each in value]
        return [each for each in found if each is not None] if keeping is Keeping.DROP else found
    if keeping is Keeping.DROP:
        return None
    return value if keeping is Keeping.KEEP else _masked(value)


def _masked(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, dict):
        return _kept_names(value, _NO_RULES, Keeping.MASK)
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if isinstance(value, bool):
        return HIDDEN
    return masked_text(value if isinstance(value, str) else str(value))
