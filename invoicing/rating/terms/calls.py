"""The terms of calls: rates by destination, time and band, bundles of free time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from invoicing.rating.calls.deck import Deck
from invoicing.rating.calls.row_ties import row_tie_problems
from invoicing.rating.terms.band import Band, band_problems
from invoicing.rating.terms.bundle import Bundle
from invoicing.rating.terms.call_rate import CallRate, RateStep
from values.problems import Problem, refuse

__all__ = [
    "Band",
    "BandPolicy",
    "Bundle",
    "CallRate",
    "CallRounding",
    "Calls",
    "DurationBasis",
    "RateStep",
]

MOST_DECIMALS = 12
_NOT_A_DIMENSION = "band"


class DurationBasis(StrEnum):
    """What a call's length is: the talk, or the session from its setup."""

    ANSWER = "answer"
    SETUP = "setup"


class BandPolicy(StrEnum):
    """Whether each increment has the band of its own start, or that of the call's."""

    INCREMENT_START = "increment_start"
    CALL_START = "call_start"


class CallRounding(StrEnum):
    """How the one rounding of a call goes."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Calls:
    """
    What calls cost. Each call is rounded once to `decimals`, and its line once more.

    `rates_file` is the name of the file beside the document; the last of `rates` stand in it,
    at the lines `file_lines`, counted from 1. Without `default_band` a time outside all bands
    has none, and only rows that name no band are for it.

    :raises InvalidTerms: with paths relative to the price.
    """

    rates: tuple[CallRate, ...]
    decimals: int = 4
    call_rounding: CallRounding = CallRounding.HALF_UP
    duration_basis: DurationBasis = DurationBasis.ANSWER
    min_billable_seconds: int = 0
    band_policy: BandPolicy = BandPolicy.INCREMENT_START
    default_band: str | None = None
    bands: tuple[Band, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    lines_by: tuple[str, ...] = ()
    rates_file: str | None = None
    file_lines: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        refuse(self._problems())

    @cached_property
    def deck(self) -> Deck:
        """The compiled rows, made once for all contracts that share these terms."""
        return Deck(self.rates, decimals=self.decimals)

    def line_of_rate(self, index: int) -> str | None:
        """Return ``deck.csv line 7`` for a row of the file, None for one of the document."""
        in_file = index - (len(self.rates) - len(self.file_lines))
        return line_of(self.rates_file or "", self.file_lines[in_file]) if in_file >= 0 else None

    def _problems(self) -> Iterator[Problem]:
        if not self.rates:
            yield Problem(("rates",), "needs at least one row")
        if not 0 <= self.decimals <= MOST_DECIMALS:
            yield Problem(("decimals",), f"must be 0 to {MOST_DECIMALS}")
        if self.min_billable_seconds < 0:
            yield Problem(("min_billable_seconds",), "must not be negative")
        yield from band_problems(self.bands)
        yield from self._unknown_bands()
        yield from row_tie_problems(self.rates)
        yield from _repeated("bundles", [bundle.code for bundle in self.bundles])
        for index, name in enumerate(self.lines_by):
            if not name.strip():
                yield Problem(("lines_by", index), "must not be empty")
            if name == _NOT_A_DIMENSION:
                message = "is no dimension of a line: one call may lie in several bands"
                yield Problem(("lines_by", index), message)
        yield from _repeated("lines_by", self.lines_by)

    def _unknown_bands(self) -> Iterator[Problem]:
        known = {band.name for band in self.bands} | {self.default_band, None}
        for index, row in enumerate(self.rates):
            if row.band not in known:
                yield Problem(("rates", index, "band"), f"unknown band '{row.band}'")


def line_of(name: str, line: int) -> str:
    """Return how a line of a deck is named to people."""
    return f"{name} line {line}"


def _repeated(key: str, names: list[str] | tuple[str, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Problem((key, index), f"'{name}' stands twice")
        seen.add(name)
