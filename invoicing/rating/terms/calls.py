"""The terms of calls: rates by destination, time and band, bundles of free time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from invoicing.rating.match import Match
from invoicing.rating.terms.allowance import Rollover


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
class Band:
    """
    Hours of the local day: `[from_time, to_time)` on weekdays (0 is Monday; empty: all) and
    dates (empty: all). Equal times are the whole day; `to_time` before `from_time` goes past
    midnight, the days then being those on which it begins. Higher `priority` wins.
    """

    name: str
    days: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()
    from_time: time = time(0)
    to_time: time = time(0)
    priority: int = 0


@dataclass(frozen=True, slots=True)
class RateStep:
    """From `from_second` of a call on: `price` per `per_seconds`, by `increment_seconds`."""

    from_second: int
    price: Decimal
    per_seconds: int
    increment_seconds: int


@dataclass(frozen=True, slots=True)
class CallRate:
    """
    One row: which calls, and what they cost. A key left out (None, or an empty match) matches
    anything; `prefix` is digits, "" matches every number.

    Either `rate_per_minute` with `initial_seconds` and `increment_seconds`, or `steps`.
    """

    prefix: str = ""
    direction: str | None = None
    number_type: str | None = None
    band: str | None = None
    rate_jurisdiction: str | None = None
    match: Match = field(default_factory=dict)
    rate_per_minute: Decimal | None = None
    initial_seconds: int = 60
    increment_seconds: int = 60
    steps: tuple[RateStep, ...] = ()
    connect_fee: Decimal = Decimal(0)
    minimum_charge: Decimal | None = None
    maximum_charge: Decimal | None = None
    tax_code: str | None = None


@dataclass(frozen=True)
class Bundle:
    """
    Free seconds of billed time, for calls of these directions, types, prefixes and lines
    (empty: all), used by lower priority, earlier expiry, then code.

    With `effective_from` it is granted once and dead at `effective_to`; else each period anew.
    """

    code: str
    seconds: int
    directions: tuple[str, ...] = ()
    number_types: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    priority: int = 0
    rollover: Rollover | None = None
    effective_from: datetime | None = None
    effective_to: datetime | None = None


@dataclass(frozen=True)
class Calls:
    """
    What calls cost. Each call is rounded once to `decimals`, and its line once more.

    `rates_file` is the name of the file beside the document whose rows stand in `rates` too.

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
