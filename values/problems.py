"""What is wrong with terms that somebody wrote, said in the same words by file, admin and API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a document: keys and zero-based indexes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands (keys and zero-based indexes) and what it is."""

    path: Path
    message: str

    def text(self) -> str:
        """Return ``prices[2].modle: message``, or the message alone without a path."""
        place = path_text(self.path)
        return f"{place}: {self.message}" if place else self.message

    def under(self, *prefix: str | int) -> Problem:
        """Return the same problem, seen from further out."""
        return Problem((*prefix, *self.path), self.message)


class InvalidTerms(ValueError):
    """Terms that cannot be: every problem that was found, none of them silent."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(problem.text() for problem in self.problems))

    def __reduce__(self) -> tuple[type[InvalidTerms], tuple[tuple[Problem, ...]]]:
        return InvalidTerms, (self.problems,)


def refuse(problems: Iterable[Problem]) -> None:
    """
    Do nothing without problems.

    :raises InvalidTerms: with all of them.
    """
    found = tuple(problems)
    if found:
        raise InvalidTerms(found)


def path_text(path: Path) -> str:
    """Return a path as people write it: ``prices[2].model``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def unknown_key(key: str, *, known: Iterable[str]) -> str:
    """Return the message for a key that nobody reads, with the likely one if there is one."""
    likely = get_close_matches(key, sorted(known), n=1)
    return f"unknown key, did you mean '{likely[0]}'?" if likely else "unknown key"
