"""Rate cards: a rate for each combination of an event's properties, in versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from invoicing.rating.entries import RateEntry
from invoicing.rating.index import EntryIndex
from invoicing.rating.match import (
    ANY,
    Alternatives,
    MatchValue,
)
from invoicing.rating.match_format import match_as_json, parse_match
from invoicing.rating.ties import tie_problems
from invoicing.rating.versions import version_problems
from values.numeric_range import NumericRange
from values.problems import Problem, refuse

__all__ = [
    "ANY",
    "Alternatives",
    "MatchValue",
    "NumericRange",
    "OnUnmatched",
    "RateCard",
    "RateCardVersion",
    "RateEntry",
    "match_as_json",
    "parse_match",
]


class OnUnmatched(StrEnum):
    """What becomes of an event that no entry matches."""

    FALLBACK = "fallback"
    QUARANTINE = "quarantine"


@dataclass(frozen=True)
class RateCardVersion:
    """
    The entries in force in `[effective_from, effective_to)`.

    :raises InvalidTerms: two entries tie; with paths relative to the version.
    """

    effective_from: datetime
    effective_to: datetime | None
    entries: tuple[RateEntry, ...]

    def __post_init__(self) -> None:
        problems = tie_problems(self.entries)
        if self.effective_to is not None and self.effective_to <= self.effective_from:
            problems.append(Problem(("effective_to",), "must be after effective_from"))
        refuse(problems)

    @cached_property
    def index(self) -> EntryIndex:
        """The compiled entries, made once for all customers of the card."""
        return EntryIndex(self.entries)

    @cached_property
    def properties(self) -> frozenset[str]:
        """The properties that some entry looks at."""
        return frozenset(name for entry in self.entries for name in entry.match)


@dataclass(frozen=True)
class RateCard:
    """
    Rates for the events of one meter; the version is that of the event's own time.

    :raises InvalidTerms: versions overlap; with paths relative to the card.
    """

    code: str
    meter: str
    versions: tuple[RateCardVersion, ...]
    on_unmatched: OnUnmatched = OnUnmatched.FALLBACK

    def __post_init__(self) -> None:
        refuse(version_problems(self.versions))
