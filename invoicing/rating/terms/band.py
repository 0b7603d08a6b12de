"""Hours of the local day that have a rate of their own: peak, night, holiday."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations

from values.problems import Problem, refuse

_DAY = timedelta(days=1)
_MONDAY = date(2024, 1, 1)
_WEEK_AND_A_DAY_AROUND = tuple(_MONDAY + index * _DAY for index in range(-1, 8))


@dataclass(frozen=True)
class Band:
    """
    Hours of the local day: `[from_time, to_time)` on weekdays (0 is Monday; empty: all) and
    dates (empty: all). Equal times are the whole day; `to_time` before `from_time` goes past
    midnight, the days then being those on which it begins. Higher `priority` wins.

    :raises InvalidTerms: with paths relative to the band.
    """

    name: str
    days: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()
    from_time: time = time(0)
    to_time: time = time(0)
    priority: int = 0

    def __post_init__(self) -> None:
        problems = []
        if not self.name.strip():
            problems.append(Problem(("name",), "must not be empty"))
        for key, moment in (("from", self.from_time), ("to", self.to_time)):
            if moment.microsecond or moment.tzinfo is not None:
                problems.append(Problem((key,), "must be a local time in whole seconds"))
        if not self.days <= frozenset(range(7)):
            problems.append(Problem(("days",), "must be days of the week"))
        refuse(problems)

    def begins_on(self, day: date) -> bool:
        """Return whether its hours begin on this day."""
        return (not self.days or day.weekday() in self.days) and (
            not self.dates or day in self.dates
        )

    @property
    def ends_next_day(self) -> bool:
        """Whether its hours go up to midnight or past it."""
        return self.to_time <= self.from_time

    def holds(self, local: datetime) -> bool:
        """Return whether a local time, read without its zone, lies in the band."""
        day, moment = local.date(), local.time()
        if self.from_time == self.to_time:
            return self.begins_on(day)
        if not self.ends_next_day:
            return self.from_time <= moment < self.to_time and self.begins_on(day)
        if moment >= self.from_time:
            return self.begins_on(day)
        return moment < self.to_time and self.begins_on(day - _DAY)


def band_problems(bands: Sequence[Band]) -> list[Problem]:
    """Return the pairs of one priority that share an instant, by the later one of them."""
    return [
        Problem(
            ("bands", second),
            f"('{bands[second].name}') overlaps bands[{first}] ('{bands[first].name}') "
            "with the same priority: which one holds?",
        )
        for first, second in combinations(range(len(bands)), 2)
        if bands[first].priority == bands[second].priority
        and bands[first].name != bands[second].name
        and _overlap(bands[first], bands[second])
    ]


def _overlap(one: Band, other: Band) -> bool:
    days = _days_to_compare(one, other)
    windows = sorted(
        (*span, whose) for whose in (0, 1) for span in _windows((one, other)[whose], days)
    )
    ends: list[datetime] = [datetime.min, datetime.min]  # noqa: DTZ901  local times
    for start, end, whose in windows:
        if start < ends[1 - whose]:
            return True
        ends[whose] = max(ends[whose], end)
    return False


def _days_to_compare(one: Band, other: Band) -> Sequence[date]:
    if not one.dates and not other.dates:
        return _WEEK_AND_A_DAY_AROUND
    named = one.dates | other.dates
    return sorted({day + shift for day in named for shift in (-_DAY, _DAY - _DAY, _DAY)})


def _windows(band: Band, days: Sequence[date]) -> Iterator[tuple[datetime, datetime]]:
    for day in days:
        if not band.begins_on(day):
            continue
        if band.from_time == band.to_time:
            start = datetime.combine(day, time())
            yield start, start + _DAY
        else:
            last = day + _DAY if band.ends_next_day else day
            yield datetime.combine(day, band.from_time), datetime.combine(last, band.to_time)
