"""
Days of a period: what is shorter than the full period costs its days ÷ those of the full one.

Days are those of the customer's calendar, so that a day of 23 or 25 hours counts like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from values.calendar import local_date, local_midnight
from values.period import Period

_HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Part:
    """So many days of a full period."""

    days: int
    of_days: int

    @property
    def ratio(self) -> Fraction:
        """What this part costs of the amount of a full period."""
        return Fraction(self.days, self.of_days)


def part_of(full: Period, period: Period, *, zone: str) -> Part:
    """Return the days of `period` and those of the full one that it lies in."""
    return Part(days_in(period, zone=zone), days_in(full, zone=zone))


def days_in(period: Period, *, zone: str) -> int:
    """Return the number of local dates from the start up to but without the end."""
    return (nearest_day(period.end, zone) - nearest_day(period.start, zone)).days


def nearest_day(instant: datetime, zone: str) -> date:
    """
    Return the local day whose beginning is nearest.

    Periods begin at local midnights. A price book is of another zone, where its 1 January
    begins some hours earlier or later; for days it is the customer's 1 January.
    """
    return local_date(instant + _HALF_A_DAY, zone)


def whole_days(period: Period, *, zone: str) -> Period | None:
    """Return the period from local midnight to local midnight, None where that is no day."""
    first, after = nearest_day(period.start, zone), nearest_day(period.end, zone)
    if after <= first:
        return None
    return Period(local_midnight(first, zone), local_midnight(after, zone))
