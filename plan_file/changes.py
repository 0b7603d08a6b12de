"""What applying a file changes, as two written forms of one object differ."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from plan_file.format.yaml_layout import Written
from values.problems import path_text

_ABSENT = object()
_NAMED_AT_MOST = 5


class Verdict(StrEnum):
    """What becomes of an object that the file states."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Difference:
    """A key that two written forms of an object do not share; None is a key left out."""

    path: tuple[str | int, ...]
    old: str | None
    new: str | None

    @property
    def key(self) -> str:
        """Return the path as people write it: ``entries[3].rate``."""
        return path_text(self.path)

    def text(self) -> str:
        """Return ``net_terms_days: 30 → 45``; what is left out is none."""
        return f"{self.key}: {self.old or 'none'} → {self.new or 'none'}"

    def refusal(self) -> str:
        """Return ``entries[3].rate is 0.6, not 0.75``: what holds, and what the file says."""
        return f"{self.key} is {self.old or 'not set'}, not {self.new or 'left out'}"


@dataclass(frozen=True)
class Change:
    """What becomes of one object; `code` is what people call it."""

    kind: str
    code: str
    verdict: Verdict
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Changes:
    """All objects that a file states, in its order, and what whoever applies it should know."""

    items: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return how many objects are created, changed and unchanged."""
        found = Counter(change.verdict for change in self.items)
        return {verdict.value: found[verdict] for verdict in Verdict}

    def summary(self) -> str:
        """Return ``3 created, 1 changed, 12 unchanged``."""
        return ", ".join(f"{count} {verdict}" for verdict, count in self.counts().items())


def refusals(differences: tuple[Difference, ...]) -> str:
    """Return the differences in one sentence, the first five by name."""
    named = ", ".join(found.refusal() for found in differences[:_NAMED_AT_MOST])
    more = len(differences) - _NAMED_AT_MOST
    return f"{named}, and {more} more" if more > 0 else named


def differences(old: Written, new: Written) -> tuple[Difference, ...]:
    """Return the keys in which the written forms differ, each value on one line."""
    return tuple(_differences(old, new, ()))


def _differences(old: Written, new: Written, path: tuple[str | int, ...]) -> Iterator[Difference]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))
    elif _is_list_of_mappings(old) and _is_list_of_mappings(new):
        assert isinstance(old, list)
        assert isinstance(new, list)
        for index, (one, other) in enumerate(zip_longest(old, new, fillvalue=_ABSENT)):
            yield from _differences(one, other, (*path, index))
    else:
        yield Difference(path, _text(old), _text(new))


def _is_list_of_mappings(value: Written) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


def _text(value: Written) -> str | None:
    if value is _ABSENT:
        return None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
