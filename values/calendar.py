"""
Billing periods: calendar spans in a customer's zone, as half-open periods in UTC.

The only place of the engines where local time exists.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from values.period import Period


class BillingInterval(StrEnum):
    """How often an invoice falls due."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    WEEK = "week"


_MONTHS = {BillingInterval.MONTH: 1, BillingInterval.QUARTER: 3, BillingInterval.YEAR: 12}


class OutsideContract(ValueError):
    """The instant lies before the start or at or after the end."""


@lru_cache(maxsize=16384)
def local_midnight(day: date, zone: str) -> datetime:
    """
    Return the instant at which a local day begins, in UTC.

    Where clocks skip midnight it is the first instant after the gap, where midnight comes
    twice the first.
    """
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """Return the day on the local calendar."""
    return instant.astimezone(ZoneInfo(zone)).date()


def last_day(end: datetime, zone: str) -> date:
    """Return the last day that counts before a half-open end, as people read it."""
    return local_date(end - timedelta(microseconds=1), zone)


def day_text(day: date) -> str:
    """Return a day as people read it: ``Oct 31, 2026``."""
    return f"{day:%b} {day.day}, {day.year}"


def date_or_time(instant: datetime, zone: str) -> str:
    """Return ``2024-11-01`` for a local midnight, else the UTC time ``2024-11-01T12:30:00Z``."""
    day = local_date(instant, zone)
    if local_midnight(day, zone) == instant:
        return day.isoformat()
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class BillingCalendar:
    """
    The billing periods of one contract, from `start` up to `end` (None: open).

    `anchor_day` is the day of the month on which a period begins (31: the last day where a
    month is shorter), for weeks 1 (Monday) to 7. Quarters and years begin in `anchor_month`
    (1 to 12), without it in the month of `start`. Bounds are local midnights in `zone`.
    """

    interval: BillingInterval
    anchor_day: int
    zone: str
    start: datetime
    end: datetime | None
    anchor_month: int | None = None

    def __post_init__(self) -> None:
        highest = 7 if self.interval == BillingInterval.WEEK else 31
        if not 1 <= self.anchor_day <= highest:
            raise ValueError(f"the anchor day must be 1 to {highest}")
        if self.anchor_month is not None and not 1 <= self.anchor_month <= 12:
            raise ValueError("the anchor month must be 1 to 12")
        if self.end is not None and self.end <= self.start:
            raise ValueError("the end must be after the start")

    @classmethod
    def anchored(
        cls,
        interval: BillingInterval,
        anchor: date,
        *,
        zone: str,
        start: datetime,
        end: datetime | None,
    ) -> BillingCalendar:
        """Return the calendar in which a period begins on the date `anchor`, of any year."""
        day = anchor.isoweekday() if interval == BillingInterval.WEEK else anchor.day
        return cls(interval, day, zone, start, end, anchor.month)

    def full_period_at(self, instant: datetime) -> Period:
        """Return the whole period around an instant, also where the contract covers a part."""
        number = self._number_near(instant)
        if self._bound(number) > instant:
            number -= 1
        return Period(self._bound(number), self._bound(number + 1))

    def period_at(self, instant: datetime) -> Period:
        """
        Return the part of the period around an instant that the contract covers.

        :raises OutsideContract:
        """
        if instant < self.start or (self.end is not None and instant >= self.end):
            raise OutsideContract(f"{instant} is outside the contract")
        covered = self.full_period_at(instant).clipped(self.start, self.end)
        assert covered is not None
        return covered

    def periods_from(self, instant: datetime) -> Iterator[Period]:
        """Return the covered periods in order, from that around `instant`; endless if open."""
        following = max(instant, self.start)
        while self.end is None or following < self.end:
            period = self.period_at(following)
            yield period
            following = period.end

    def _number_near(self, instant: datetime) -> int:
        """Return the period that begins in the week or months of the instant, maybe after it."""
        day = local_date(instant, self.zone)
        if self.interval == BillingInterval.WEEK:
            return (day.toordinal() - self.anchor_day) // 7
        return (day.year * 12 + day.month - 1 - self._first_month) // _MONTHS[self.interval]

    @property
    def _first_month(self) -> int:
        return (self.anchor_month or local_date(self.start, self.zone).month) - 1

    def _bound(self, number: int) -> datetime:
        if self.interval == BillingInterval.WEEK:
            return local_midnight(date.fromordinal(number * 7 + self.anchor_day), self.zone)
        year, month = divmod(number * _MONTHS[self.interval] + self._first_month, 12)
        day = min(self.anchor_day, monthrange(year, month + 1)[1])
        return local_midnight(date(year, month + 1, day), self.zone)
