"""
Which properties of an event are kept, masked or dropped before anything of it is stored.

What is measured is measured before; see `docs/privacy.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

HIDDEN = "****"
"""What stands for characters that are not kept; how many there were is not told."""

KEPT_DIGITS = 4
FEWEST_DIGITS = 7
"""Digits of the shortest number of which the last four are kept: of fewer they would be most."""

_NUMBER = re.compile(r"[+(]?[\d\s().\-/]+", re.ASCII)
_MASKED = re.compile(r"\*{4}\d{0,4}", re.ASCII)


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


@dataclass(frozen=True)
class PropertyRules:
    """
    What is kept of each property, by its path, and of all `others`.

    A path is the names from `properties` on, joined by ``/``, with ``~1`` for a slash in a name
    and ``~0`` for a tilde, as in a JSON pointer; the elements of a list have the list's path. A
    rule holds for all that lies in its property, unless that has a rule of its own.
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

    A text that was masked before stays as it is.
    """
    if _MASKED.fullmatch(text):
        return text
    digits = "".join(filter(str.isdecimal, text))
    if len(digits) < FEWEST_DIGITS or not looks_like_number(text):
        return HIDDEN
    return HIDDEN + digits[-KEPT_DIGITS:]


def looks_like_number(text: str) -> bool:
    """Return whether a text is digits and what people write between those of a number."""
    return _NUMBER.fullmatch(text.strip()) is not None


def _name_of(escaped: str) -> str:
    return escaped.replace("~1", "/").replace("~0", "~")


def _kept_names(values: Mapping[str, Any], place: _Place, keeping: Keeping) -> dict[str, Any]:
    kept = {}
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
            kept[name] = _masked(value)
    return kept


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
        return {name: _masked(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if isinstance(value, bool):
        return HIDDEN
    return masked_text(value if isinstance(value, str) else str(value))
