"""How long credit lasts when it is drawn as it was lately; pure, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

LOOKS_BACK = timedelta(days=28)
LEAST = timedelta(days=3)
HORIZON = timedelta(days=730)


class Outlook(StrEnum):
    """What can be said."""

    USED_UP = "used_up"
    TOO_EARLY = "too_early"
    NOT_DRAWN = "not_drawn"
    ENDS = "ends"
    EXPIRES_FIRST = "expires_first"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn for the usage of `[start, end)`."""

    start: datetime
    end: datetime
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of one grant; None never expires."""

    left: Decimal
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    What can be said of the future, and from what.

    `at` is when the credit ends (ENDS) or expires (EXPIRES_FIRST), else None; `unused` is what
    would expire unused by then. `looked_at` is the time whose draws made the rate.
    """

    outlook: Outlook
    looked_at: timedelta
    at: datetime | None = None
    unused: Fraction = Fraction(0)


def credit_forecast(
    *, left: Sequence[Remaining], drawn: Sequence[Drawn], since: datetime, now: datetime
) -> Forecast:
    """
    Return when credit ends if it goes on being drawn as in the last 28 days.

    `since` is when there first was any: days before it say nothing. What was drawn for a longer
    time counts for its part of the 28 days; a period that still runs ends `now`. Grants are
    used in the order in which they expire, and what is over at that time is lost.
    """
    looked_at = min(now - since, LOOKS_BACK)
    alive = [grant for grant in left if grant.left > 0 and not _is_over(grant, now)]
    if not alive:
        return Forecast(Outlook.USED_UP, looked_at)
    if looked_at < LEAST:
        return Forecast(Outlook.TOO_EARLY, looked_at)
    whole = sum((_inside(part, now - looked_at, now) for part in drawn), Fraction(0))
    if whole <= 0:
        return Forecast(Outlook.NOT_DRAWN, looked_at)
    return _ahead(alive, whole / _seconds(looked_at), looked_at, now)


def _ahead(
    alive: Sequence[Remaining], rate: Fraction, looked_at: timedelta, now: datetime
) -> Forecast:
    """Walk through the grants, the first to expire first, drawing at so much a second."""
    clock = unused = Fraction(0)
    ended_by: datetime | None = None
    for grant in sorted(alive, key=lambda each: each.expires_at or _NEVER):
        used_at = clock + Fraction(grant.left) / rate
        over_at = None if grant.expires_at is None else _seconds(grant.expires_at - now)
        if over_at is None or used_at <= over_at:
            clock, ended_by = used_at, None
        else:
            unused += (used_at - max(clock, over_at)) * rate
            clock, ended_by = max(clock, over_at), grant.expires_at
    if clock > _seconds(HORIZON):
        return Forecast(Outlook.FAR, looked_at)
    if ended_by is not None:
        return Forecast(Outlook.EXPIRES_FIRST, looked_at, ended_by, unused)
    return Forecast(Outlook.ENDS, looked_at, now + timedelta(seconds=int(clock)))


def _inside(part: Drawn, start: datetime, end: datetime) -> Fraction:
    """The share of what was drawn that falls into `[start, end)`, evenly over its time."""
    part_end = min(part.end, end)
    inside = min(part_end, end) - max(part.start, start)
    if inside <= timedelta(0):
        return Fraction(0)
    return Fraction(part.amount) * _seconds(inside) / _seconds(part_end - part.start)


def _is_over(grant: Remaining, now: datetime) -> bool:
    return grant.expires_at is not None and grant.expires_at <= now


def _seconds(span: timedelta) -> Fraction:
    return Fraction(span // timedelta(microseconds=1), 1_000_000)


_NEVER = datetime.max.replace(tzinfo=UTC)
