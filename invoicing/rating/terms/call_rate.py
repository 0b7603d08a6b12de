"""One row of a deck: which calls it is for, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from invoicing.rating.entries import rate_problems
from invoicing.rating.match import Match
from invoicing.rating.match_format import match_text
from values.problems import Problem, refuse

RATE_JURISDICTIONS = ("interstate", "intrastate", "international", "indeterminate")
LONGEST_PREFIX = 32
MOST_SECONDS = 31_622_400
"""366 days, in which every increment and every step must lie."""

_NOTHING = Decimal(0)


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

    :raises InvalidTerms: with paths relative to the row.
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
    connect_fee: Decimal = _NOTHING
    minimum_charge: Decimal | None = None
    maximum_charge: Decimal | None = None
    tax_code: str | None = None

    def __post_init__(self) -> None:
        refuse((*_scope_problems(self), *_price_problems(self), *_fee_problems(self)))

    def text(self) -> str:
        """Return what the row asks for on one line: ``direction: outbound, prefix: 44``."""
        asked = {
            key: value
            for key in ("direction", "number_type", "prefix", "band", "rate_jurisdiction")
            if (value := getattr(self, key)) is not None and (key, value) != ("prefix", "")
        }
        return match_text({**asked, **self.match})


def _scope_problems(row: CallRate) -> Iterator[Problem]:
    if row.prefix and not (row.prefix.isascii() and row.prefix.isdigit()):
        yield Problem(("prefix",), "must be digits, without +")
    elif len(row.prefix) > LONGEST_PREFIX:
        yield Problem(("prefix",), f"has more than {LONGEST_PREFIX} digits")
    if row.rate_jurisdiction not in (None, *RATE_JURISDICTIONS):
        words = ", ".join(RATE_JURISDICTIONS)
        yield Problem(("rate_jurisdiction",), f"must be one of {words}")
    for key, value in row.match.items():
        if not key.strip():
            yield Problem(("match",), "a property needs a name")
        if value == "*":
            yield Problem(("match", key), "'*' is the wildcard, not a value")


def _price_problems(row: CallRate) -> Iterator[Problem]:
    if row.steps:
        if row.rate_per_minute is not None:
            yield Problem(("rate_per_minute",), "stands beside steps, write one of them")
        yield from _step_problems(row.steps)
        return
    if row.rate_per_minute is None:
        yield Problem((), "needs a rate_per_minute or steps")
    else:
        yield from rate_problems(row.rate_per_minute, "rate_per_minute")
    if not 0 <= row.initial_seconds <= MOST_SECONDS:
        yield Problem(("initial_seconds",), f"must be 0 to {MOST_SECONDS}")
    if not 1 <= row.increment_seconds <= MOST_SECONDS:
        yield Problem(("increment_seconds",), f"must be 1 to {MOST_SECONDS}")


def _step_problems(steps: tuple[RateStep, ...]) -> Iterator[Problem]:
    for index, step in enumerate(steps):
        yield from rate_problems(step.price, "steps", index, "price")
        for key in ("per_seconds", "increment_seconds"):
            if not 1 <= getattr(step, key) <= MOST_SECONDS:
                yield Problem(("steps", index, key), f"must be 1 to {MOST_SECONDS}")
        place = ("steps", index, "from_second")
        if index == 0 and step.from_second != 0:
            yield Problem(place, "must be 0: the first step begins with the call")
        if index > 0 and step.from_second <= steps[index - 1].from_second:
            yield Problem(place, f"must be more than {steps[index - 1].from_second}")
        if step.from_second > MOST_SECONDS:
            yield Problem(place, f"must be 0 to {MOST_SECONDS}")


def _fee_problems(row: CallRate) -> Iterator[Problem]:
    if row.connect_fee is not _NOTHING:
        yield from rate_problems(row.connect_fee, "connect_fee")
    low, high = row.minimum_charge, row.maximum_charge
    if low is not None:
        yield from rate_problems(low, "minimum_charge")
    if high is not None:
        yield from rate_problems(high, "maximum_charge")
    if low is not None and high is not None and high < low:
        yield Problem(("maximum_charge",), "is less than minimum_charge")
