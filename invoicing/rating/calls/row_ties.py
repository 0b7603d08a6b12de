"""
Two rows of a deck that one call can match at the same rank: which rate would it have?

Rows of different prefixes, directions, types or bands never tie, so 50,000 rows are sorted
into groups that agree on these, and only the few that are left together are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from invoicing.rating.entries import RateEntry
from invoicing.rating.match import Match, concrete_values
from invoicing.rating.terms.call_rate import CallRate
from invoicing.rating.ties import tying_pairs
from values.problems import Problem

_NAMED_AT_MOST = 20

# A blank stands in no name of a property, so that one called rate_jurisdiction stays its own.
_JURISDICTION = "rate jurisdiction"


def row_tie_problems(rates: Sequence[CallRate]) -> list[Problem]:
    """Return a problem for each pair that ties, naming both by index and what they ask for."""
    return [
        Problem(("rates", second), tie_message(rates[second], rates[first], f"rates[{first}]"))
        for first, second in tying_rows(rates)
    ]


def tie_message(row: CallRate, other: CallRate, place: str) -> str:
    """Return the words for a row that ties with another one, which stands at `place`."""
    return (
        f"({row.text()}) ties with {place} ({other.text()}): "
        "one call can match both at the same rank"
    )


def tying_rows(rates: Sequence[CallRate]) -> list[tuple[int, int]]:
    """Return the indexes of the pairs that tie, by the later one; no more than 20."""
    groups: defaultdict[object, list[int]] = defaultdict(list)
    for index, row in enumerate(rates):
        groups[row.direction, row.number_type, row.prefix, row.band].append(index)
    found: list[tuple[int, int]] = []
    for indexes in groups.values():
        if len(indexes) > 1:
            entries = [RateEntry(_asked(rates[index]), Decimal(0)) for index in indexes]
            pairs = tying_pairs(entries)
            found.extend((indexes[first], indexes[second]) for first, second in pairs)
            if len(found) >= _NAMED_AT_MOST:
                break
    return sorted(found, key=lambda pair: (pair[1], pair[0]))[:_NAMED_AT_MOST]


def precision(row: CallRate) -> int:
    """Return the last part of a row's rank: how many of its further keys name a value."""
    return concrete_values(row.match) + (row.rate_jurisdiction is not None)


def _asked(row: CallRate) -> Match:
    if row.rate_jurisdiction is None:
        return row.match
    return {**row.match, _JURISDICTION: row.rate_jurisdiction}
