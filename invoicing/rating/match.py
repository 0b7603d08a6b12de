"""What an entry of a rate card asks of an event's properties, one value per property."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final

from values.exact import NotExact, exact_decimal
from values.numeric_range import NumericRange, ranges_meet
from values.problems import Problem, refuse


class Wildcard(Enum):
    """Any value, also one never seen; the property must be there."""

    ANY = "*"


ANY: Final = Wildcard.ANY


@dataclass(frozen=True, slots=True)
class Alternatives:
    """
    One of several values.

    :raises InvalidTerms: there is none, one stands twice, or one is ``*``.
    """

    values: tuple[str, ...]

    def __post_init__(self) -> None:
        problems = []
        if not self.values:
            problems.append(Problem((), "a list of alternatives must not be empty"))
        seen = set()
        for index, value in enumerate(self.values):
            if value == "*":
                problems.append(Problem((index,), "'*' stands alone, not in a list"))
            if value in seen:
                problems.append(Problem((index,), f"'{value}' stands twice"))
            seen.add(value)
        refuse(problems)


MatchValue = str | None | Alternatives | Wildcard | NumericRange
"""A text, None (the property is absent), a list, ``*`` or a range."""

Match = Mapping[str, MatchValue]


def accepts(wanted: MatchValue, value: str | None) -> bool:
    """Return whether a property's value (None: absent) is what the entry asks for."""
    if wanted is None or value is None:
        return wanted is None and value is None
    if isinstance(wanted, str):
        return wanted == value
    if isinstance(wanted, Alternatives):
        return value in wanted.values
    if isinstance(wanted, NumericRange):
        number = _number(value)
        return number is not None and wanted.holds(number)
    return True


def values_meet(one: MatchValue, other: MatchValue) -> bool:
    """Return whether one value of a property can satisfy both."""
    if one is None or other is None:
        return one is None and other is None
    if one is ANY or other is ANY:
        return True
    if isinstance(one, NumericRange) and isinstance(other, NumericRange):
        return ranges_meet(one, other)
    if isinstance(one, NumericRange):
        return any(accepts(one, value) for value in named_values(other))
    return any(accepts(other, value) for value in named_values(one))


def matches_meet(one: Match, other: Match) -> bool:
    """Return whether one event can satisfy both; a key left out matches anything."""
    return all(values_meet(value, other[key]) for key, value in one.items() if key in other)


def named_values(value: MatchValue) -> tuple[str, ...]:
    """Return the values that are spelled out."""
    if isinstance(value, str):
        return (value,)
    return value.values if isinstance(value, Alternatives) else ()


def concrete_values(match: Match) -> int:
    """Return how specific a match is: a value, list, range or absence counts one, ``*`` none."""
    return sum(value is not ANY for value in match.values())


def canonical(match: Match) -> frozenset[tuple[str, object]]:
    """Return a key that two matches share if and only if they ask the same."""
    return frozenset((key, _canonical_value(value)) for key, value in match.items())


def _number(text: str) -> Decimal | None:
    try:
        return exact_decimal(text)
    except NotExact:
        return None


def _canonical_value(value: MatchValue) -> object:
    if isinstance(value, Alternatives | str):
        return frozenset(named_values(value))
    return value
