"""Entries of a rate card: what an event must look like, and the rate it then has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from invoicing.rating.match import Match, concrete_values
from invoicing.rating.match_format import match_as_json, match_text, parse_match
from values.exact import exact_decimal, fraction_digits, plain
from values.problems import Problem, refuse

MAX_RATE_DIGITS = 12


def rate_problems(rate: Decimal, *path: str | int) -> list[Problem]:
    """Return what is wrong with a rate: below zero, or more than 12 digits after the point."""
    if not isinstance(rate, Decimal) or not rate.is_finite():
        return [Problem(path, "a rate must be an exact number")]
    if rate < 0:
        return [Problem(path, "a rate must not be negative")]
    if fraction_digits(rate) > MAX_RATE_DIGITS:
        return [Problem(path, f"a rate has at most {MAX_RATE_DIGITS} digits after the point")]
    return []


@dataclass(frozen=True)
class RateEntry:
    """
    The rate per unit, in the price's currency, of the events that match.

    `agreed` marks the entry of a contract's override.

    :raises InvalidTerms: with paths relative to the entry.
    """

    match: Match
    rate: Decimal
    priority: int = 0
    agreed: bool = False

    def __post_init__(self) -> None:
        problems = rate_problems(self.rate, "rate")
        for key, value in self.match.items():
            if not key.strip():
                problems.append(Problem(("match",), "a property needs a name"))
            if value == "*":
                problems.append(Problem(("match", key), "'*' is the wildcard, not a value"))
        refuse(problems)

    @cached_property
    def rank(self) -> tuple[int, int]:
        """Which entry wins, the higher one: by priority, then by concrete values."""
        return self.priority, concrete_values(self.match)

    def text(self) -> str:
        """Return the match on one line."""
        return match_text(self.match)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> RateEntry:
        """Return the entry that `as_json` wrote."""
        return cls(
            match=parse_match(raw["match"]),
            rate=exact_decimal(raw["rate"]),
            priority=raw["priority"],
            agreed=raw["agreed"],
        )

    def as_json(self) -> dict[str, object]:
        """Return the entry as it is stored with a line, numbers as text."""
        return {
            "match": match_as_json(self.match),
            "rate": plain(self.rate),
            "priority": self.priority,
            "agreed": self.agreed,
        }
