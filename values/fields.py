"""
Reading a tree by its keys, so that one pass finds every problem of a document.

A ``Place`` is a value with its path; a ``Section`` is a mapping whose keys are
known. A getter that fails notes the problem and returns a stand-in, so that the
rest is read too; ``Section.build`` makes nothing where anything below it failed.
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from values.exact import NotExact, exact_decimal
from values.instants import BadInstant, parse_instant
from values.problems import InvalidTerms, Path, Problem, path_text, unknown_key

LONGEST_TEXT = 500
NOT_YET = "not supported yet"

T = TypeVar("T")
Default = TypeVar("Default")
Choice = TypeVar("Choice", bound=StrEnum)

_WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_STAND_IN = datetime(2000, 1, 1)  # noqa: DTZ001  never leaves a section that failed


@dataclass(frozen=True)
class Keys:
    """The keys of one kind of mapping: those read now, and those of later work."""

    now: tuple[str, ...]
    later: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A value of the document, its path, and the list that problems go to."""

    value: object
    path: Path
    problems: list[Problem]

    def path_text(self) -> str:
        """Return the path as messages write it."""
        return path_text(self.path)

    def problem(self, message: str) -> None:
        """Note what is wrong with this value."""
        self.problems.append(Problem(self.path, message))

    def attach(self, error: InvalidTerms) -> None:
        """Note the problems that an engine found, under this path."""
        self.problems.extend(problem.under(*self.path) for problem in error.problems)

    def below(self, step: str | int, value: object) -> "Place":
        """Return the place of a value inside this one."""
        return Place(value, (*self.path, step), self.problems)

    def text(self) -> str:
        """Return the text; a whole number is taken as its digits."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        if not isinstance(self.value, str):
            return self._not("text", "")
        if not self.value.strip():
            return self._not("text that is not empty", "")
        if len(self.value) > LONGEST_TEXT:
            return self._not(f"at most {LONGEST_TEXT} characters", "")
        return self.value

    def code(self) -> str:
        """Return the code: letters, digits and _ . - after the first, at most 64."""
        text = self.text()
        if text and not _CODE.fullmatch(text):
            self.problem("must be letters and digits, and _ . - after the first, 64 at most")
        return text

    def whole(self, *, least: int, most: int) -> int:
        """Return the whole number, which may be written as text."""
        value = self.value
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            return self._not(f"a whole number from {least} to {most}", least)
        return value

    def flag(self) -> bool:
        """Return true or false."""
        return self.value if isinstance(self.value, bool) else self._not("true or false", False)

    def decimal(self) -> Decimal:
        """Return the exact number that the text or whole number writes."""
        try:
            return exact_decimal(self.value)
        except NotExact as error:
            self.problem(str(error))
            return Decimal(0)

    def instant(self, zone: str) -> datetime:
        """Return the UTC instant; a plain date is its midnight in the zone."""
        try:
            return parse_instant(self.value, zone=zone)
        except BadInstant as error:
            self.problem(str(error))
            return _STAND_IN

    def choice(self, kind: type[Choice], later: Iterable[str] = ()) -> Choice:
        """Return one of the words of the enumeration."""
        words = tuple(member.value for member in kind)
        if self.value in words:
            return kind(str(self.value))
        self.problem(NOT_YET if self.value in tuple(later) else _one_of(words, self.value))
        return next(iter(kind))

    def word(self, words: Collection[str], later: Collection[str] = ()) -> str:
        """Return one of the words."""
        if isinstance(self.value, str) and self.value in words:
            return self.value
        self.problem(NOT_YET if self.value in tuple(later) else _one_of(words, self.value))
        return next(iter(words))

    def items(self) -> list["Place"]:
        """Return the places of a list's items."""
        if not isinstance(self.value, list):
            return self._not("a list", [])
        return [self.below(index, item) for index, item in enumerate(self.value)]

    def entries(self) -> list[tuple[str, "Place"]]:
        """Return the keys of a mapping whose keys are the writer's own, with their places."""
        if not isinstance(self.value, dict):
            return self._not("a mapping", [])
        return [(key, self.below(key, item)) for key, item in self.value.items()]

    def section(self, keys: Keys) -> "Section":
        """Return the mapping, its unknown keys and those of later work named as problems."""
        problems_before = len(self.problems)
        section = Section(self, dict(self.entries()), problems_before)
        for key, place in section.places.items():
            if key in keys.later:
                if place.value not in (None, [], {}):
                    place.problem(NOT_YET)
            elif key not in keys.now:
                place.problem(unknown_key(key, known=(*keys.now, *keys.later)))
        return section

    def _not(self, wanted: str, stand_in: T) -> T:
        self.problem(f"must be {wanted}")
        return stand_in


@dataclass(frozen=True)
class Section:
    """A mapping of known keys; null is the same as leaving a key out."""

    place: Place
    places: Mapping[str, Place]
    problems_before: int

    def get(self, key: str) -> Place | None:
        """Return the place of the key, None where it is left out or null."""
        place = self.places.get(key)
        return place if place is not None and place.value is not None else None

    def need(self, key: str) -> Place | None:
        """Return the place of a key that must be there."""
        place = self.get(key)
        if place is None and isinstance(self.place.value, dict):
            missing = self.place.below(key, None)
            refused = key in self.places and missing.path in (
                each.path for each in missing.problems
            )
            if not refused:
                missing.problem("is required")
        return place

    def text(self, key: str) -> str:
        """Return the text of a key that must be there."""
        place = self.need(key)
        return place.text() if place else ""

    def code(self, key: str) -> str:
        """Return the code of a key that must be there."""
        place = self.need(key)
        return place.code() if place else ""

    def read_or(self, key: str, default: Default, read: Callable[[Place], T]) -> T | Default:
        """Return what ``read`` makes of a key, or the default."""
        place = self.get(key)
        return read(place) if place else default

    def choice_or(self, key: str, default: Choice) -> Choice:
        """Return the word of a key, of the enumeration of the default, or the default."""
        return self.read_or(key, default, lambda place: place.choice(type(default)))

    def word_or(self, key: str, words: Sequence[str]) -> str:
        """Return the word of a key, or the first of the words."""
        return self.read_or(key, words[0], lambda place: place.word(words))

    def text_or(self, key: str, default: T) -> str | T:
        """Return the text of a key, or the default."""
        return self.read_or(key, default, Place.text)

    def instant_or(self, key: str, default: T, *, zone: str) -> datetime | T:
        """Return the instant of a key, or the default."""
        return self.read_or(key, default, lambda place: place.instant(zone))

    def decimal_or(self, key: str, default: T) -> Decimal | T:
        """Return the exact number of a key, or the default."""
        return self.read_or(key, default, Place.decimal)

    def whole_or(self, key: str, default: T, *, least: int = 0, most: int) -> int | T:
        """Return the whole number of a key, or the default."""
        return self.read_or(key, default, lambda place: place.whole(least=least, most=most))

    def flag_or(self, key: str, default: bool) -> bool:
        """Return the flag of a key, or the default."""
        return self.read_or(key, default, Place.flag)

    def items(self, key: str) -> list[Place]:
        """Return the places of a list's items, none where it is left out."""
        return self.read_or(key, [], Place.items)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list."""
        return tuple(item.text() for item in self.items(key))

    def build(self, make: Callable[[], T]) -> T | None:
        """
        Return what ``make`` returns, None where a problem stands at or below this section.

        The problems of an ``InvalidTerms`` are attached under the section's path.
        """
        if len(self.place.problems) > self.problems_before:
            return None
        try:
            return make()
        except InvalidTerms as error:
            self.place.attach(error)
            return None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ", did you mean 'x'?" with the nearest of the known words, or nothing."""
    nearest = difflib.get_close_matches(word[:LONGEST_TEXT], list(known), n=1)
    return f", did you mean '{nearest[0]}'?" if nearest else ""


def _one_of(words: Iterable[str], value: object) -> str:
    words = tuple(words)
    hint = did_you_mean(value, words) if isinstance(value, str) else ""
    return f"must be one of {', '.join(words)}{hint}"
