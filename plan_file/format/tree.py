"""
What a document holds before any key has a meaning.

The YAML and the JSON reader leave what they cannot answer for (a key written
twice, a float, a tag) in the tree; ``settle`` walks it once and names each with
its path, so that one run reports all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from values.exact import plain
from values.problems import Path, Problem

__all__ = [
    "DEEPEST_LEVEL",
    "TOO_DEEP",
    "Pairs",
    "Path",
    "Refused",
    "Unreadable",
    "WrittenFloat",
    "settle",
]

DEEPEST_LEVEL = 64
LARGEST_EXPONENT = 30
LONGEST_KEY = 500
TOO_DEEP = f"is nested deeper than {DEEPEST_LEVEL} levels"


@dataclass(frozen=True)
class Pairs:
    """A mapping as written: in order, with the keys that came twice."""

    items: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class WrittenFloat:
    """A number with a fraction or an exponent, as its digits stand in the file."""

    text: str


@dataclass(frozen=True)
class Refused:
    """A value that no reader takes, and why."""

    message: str


class Unreadable(ValueError):
    """The text is no document at all: there is no tree whose paths could be named."""

    def __init__(self, message: str, *, place: str = "") -> None:
        super().__init__(message)
        self.place = place


def settle(
    tree: object, *, take_float: Callable[[Path], bool]
) -> tuple[object, tuple[Problem, ...]]:
    """
    Return the tree as dicts, lists, text, whole numbers, flags and None, and its problems.

    A float is refused, or read as the digits that were written where ``take_float``
    says so of its path. A value that is refused leaves None behind.

    :raises Unreadable: where the tree is nested deeper than 64 levels.
    """
    walk = _Walk(take_float)
    return walk.value(tree, ()), tuple(walk.problems)


class _Walk:
    def __init__(self, take_float: Callable[[Path], bool]) -> None:
        self.take_float = take_float
        self.problems: list[Problem] = []

    def value(self, tree: object, path: Path) -> object:
        if len(path) > DEEPEST_LEVEL:
            raise Unreadable(TOO_DEEP)
        if isinstance(tree, Pairs):
            return self.mapping(tree, path)
        if isinstance(tree, list):
            return [self.value(item, (*path, index)) for index, item in enumerate(tree)]
        if isinstance(tree, WrittenFloat):
            return self.number(tree, path)
        if isinstance(tree, Refused):
            self.refuse(path, tree.message)
            return None
        if isinstance(tree, str):
            return self.text(tree, path)
        return tree

    def mapping(self, pairs: Pairs, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, item in pairs.items:
            self.text(key, path)
            if len(key) > LONGEST_KEY:
                self.refuse(path, f"has a key of more than {LONGEST_KEY} characters")
            elif key in found:
                self.refuse((*path, key), "this key stands here twice")
            else:
                found[key] = self.value(item, (*path, key))
        return found

    def number(self, number: WrittenFloat, path: Path) -> str:
        if not self.take_float(path):
            self.refuse(path, f'is a float: write it as text, "{number.text}"')
        return _digits(number.text)

    def text(self, text: str, path: Path) -> str:
        if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
            self.refuse(path, "holds a NUL or half of a surrogate pair")
            return ""
        return text

    def refuse(self, path: Path, message: str) -> None:
        self.problems.append(Problem(path, message))


def _digits(text: str) -> str:
    exponent = text.lower().partition("e")[2]
    if not exponent or abs(int(exponent)) > LARGEST_EXPONENT:
        return text
    return plain(Decimal(text))
