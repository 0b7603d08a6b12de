"""
Two entries that one event can match at the same rank: which rate would it have?

Comparing every pair would take minutes for a card of 5,000 entries. Entries that name different
values of a property never meet, so they are sorted into groups by such values first, and only
what is left together is compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain, combinations

from invoicing.rating.entries import RateEntry
from invoicing.rating.match import ANY, matches_meet, named_values
from values.numeric_range import NumericRange, ranges_meet
from values.problems import Problem

_COMPARED_AT_ONCE = 8
_NAMED_AT_MOST = 20

_Numbered = tuple[int, RateEntry]


def tie_problems(entries: Sequence[RateEntry]) -> list[Problem]:
    """
    Return a problem for each pair that ties, naming both by index and match.

    Paths are those of the later entry.
    """
    return [
        Problem(
            ("entries", second),
            tie_message(entries[second], other=entries[first], place=f"entries[{first}]"),
        )
        for first, second in tying_pairs(entries)
    ]


def tie_message(entry: RateEntry, *, other: RateEntry, place: str) -> str:
    """Return the words for an entry that ties with another one, which stands at `place`."""
    return (
        f"({entry.text()}) ties with {place} ({other.text()}): "
        "one event can match both at the same rank, give one of them a priority"
    )


def tying_pairs(entries: Sequence[RateEntry]) -> list[tuple[int, int]]:
    """Return the indexes of the pairs that tie, by the later one; the search stops after 20."""
    ranks: defaultdict[tuple[int, int], list[_Numbered]] = defaultdict(list)
    for numbered in enumerate(entries):
        ranks[numbered[1].rank].append(numbered)
    found: set[tuple[int, int]] = set()
    for pair in chain.from_iterable(map(_meeting_pairs, ranks.values())):
        found.add(pair)
        if len(found) == _NAMED_AT_MOST:
            break
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def _meeting_pairs(group: list[_Numbered]) -> Iterator[tuple[int, int]]:
    parts = _divided(group) if len(group) > _COMPARED_AT_ONCE else None
    if parts is None:
        for (first, one), (second, other) in combinations(group, 2):
            if matches_meet(one.match, other.match):
                yield min(first, second), max(first, second)
        return
    for part in parts:
        yield from _meeting_pairs(part)


def _divided(group: list[_Numbered]) -> list[list[_Numbered]] | None:
    """Return the groups by the property that takes them apart best, None if none does."""
    best: list[list[_Numbered]] | None = None
    cost = len(group) ** 2 * 3 // 4
    for key in {key for _, entry in group for key in entry.match}:
        parts = _by_value(group, key)
        pairs = sum(len(part) ** 2 for part in parts)
        if pairs < cost:
            best, cost = parts, pairs
    return best


def _by_value(group: list[_Numbered], key: str) -> list[list[_Numbered]]:
    named: defaultdict[str | None, list[_Numbered]] = defaultdict(list)
    ranges: list[tuple[NumericRange, _Numbered]] = []
    anything = []
    for numbered in group:
        value = numbered[1].match.get(key, ANY)
        if value is ANY:
            anything.append(numbered)
        elif isinstance(value, NumericRange):
            ranges.append((value, numbered))
        elif value is None:
            named[None].append(numbered)
        else:
            for name in named_values(value):
                named[name].append(numbered)
    if not named:
        return [[*part, *anything] for part in _by_stretch(ranges)] or [group]
    open_to_many = [*anything, *(numbered for _, numbered in ranges)]
    return [[*part, *open_to_many] for part in named.values()] + [open_to_many]


def _by_stretch(ranges: list[tuple[NumericRange, _Numbered]]) -> list[list[_Numbered]]:
    """Return the entries whose ranges hang together, in groups that do not meet."""
    parts: list[list[_Numbered]] = []
    furthest: NumericRange | None = None
    for value, numbered in sorted(ranges, key=_by_low):
        if furthest is None or not ranges_meet(furthest, value):
            parts.append([])
            furthest = value
        elif _reach(value) > _reach(furthest):
            furthest = value
        parts[-1].append(numbered)
    return parts


def _by_low(item: tuple[NumericRange, _Numbered]) -> tuple[bool, Decimal, bool]:
    low = item[0].low
    return low is not None, low or Decimal(0), item[0].gt is not None


def _reach(value: NumericRange) -> tuple[bool, Decimal, bool]:
    return value.high is None, value.high or Decimal(0), value.lte is not None
