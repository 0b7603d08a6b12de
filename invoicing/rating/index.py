"""
Finding the entry for an event without reading the whole card.

What entries ask exactly (values, lists, absence) becomes the key of a table; there is one table
for each set of properties that are asked exactly, so a card of 5,000 combinations is one look
into one table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from invoicing.rating.entries import RateEntry
from invoicing.rating.match import Alternatives, MatchValue, accepts

_EXPANDED_AT_MOST = 64
_REMEMBERED_AT_MOST = 20_000

_Key = tuple[str | None, ...]
_Rest = tuple[tuple[str, MatchValue], ...]


class Ranked(NamedTuple):
    """An entry and its place in the card."""

    position: int
    entry: RateEntry


class EntryIndex:
    """The entries of one version, compiled; the entries must not tie."""

    def __init__(self, entries: Sequence[RateEntry]) -> None:
        self._entries = entries
        self._tables: dict[tuple[str, ...], dict[_Key, list[tuple[Ranked, _Rest]]]] = {}
        self._found: dict[tuple[tuple[str, str], ...], tuple[Ranked, ...]] = {}
        for position, entry in enumerate(entries):
            self._add(Ranked(position, entry))

    def _add(self, ranked: Ranked) -> None:
        exact: dict[str, tuple[str | None, ...]] = {}
        rest: list[tuple[str, MatchValue]] = []
        for key, value in sorted(ranked.entry.match.items()):
            if value is None or isinstance(value, str):
                exact[key] = (value,)
            elif isinstance(value, Alternatives):
                exact[key] = value.values
            else:
                rest.append((key, value))
        while prod(len(values) for values in exact.values()) > _EXPANDED_AT_MOST:
            longest = max(exact, key=lambda key: len(exact[key]))
            del exact[longest]
            rest.append((longest, ranked.entry.match[longest]))
        table = self._tables.setdefault(tuple(exact), defaultdict(list))
        for cell in product(*exact.values()):
            table[cell].append((ranked, tuple(rest)))

    def matching(self, dimensions: tuple[tuple[str, str], ...]) -> tuple[Ranked, ...]:
        """Return all entries that match, the one that applies first."""
        found = self._found.get(dimensions)
        if found is None:
            if len(self._found) >= _REMEMBERED_AT_MOST:
                self._found.clear()
            found = self._found[dimensions] = self._search(dict(dimensions))
        return found

    def _search(self, dimensions: Mapping[str, str]) -> tuple[Ranked, ...]:
        found = []
        for keys, table in self._tables.items():
            for ranked, rest in table.get(tuple(dimensions.get(key) for key in keys), ()):
                if all(accepts(value, dimensions.get(key)) for key, value in rest):
                    found.append(ranked)
        found.sort(key=lambda ranked: (ranked.entry.rank, -ranked.position), reverse=True)
        return tuple(found)
