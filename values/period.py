"""Half-open spans of time in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` up to but without `end`, both aware and in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if bound.utcoffset() != timedelta(0):
                raise ValueError(f"{bound} is not a time in UTC")
        if self.start >= self.end:
            raise ValueError(f"a period must end after it starts: {self.start} to {self.end}")

    def contains(self, instant: datetime) -> bool:
        """Return whether the instant lies inside; the end does not."""
        return self.start <= instant < self.end

    def encloses(self, other: Period) -> bool:
        """Return whether the other lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        """Return whether an instant lies in both."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: Period) -> Period | None:
        """Return what lies in both, None where nothing does."""
        return self.clipped(other.start, other.end)

    def clipped(self, start: datetime | None, end: datetime | None) -> Period | None:
        """Return the part inside `[start, end)`; None is no bound, or as a result nothing left."""
        first = self.start if start is None else max(self.start, start)
        last = self.end if end is None else min(self.end, end)
        if first == self.start and last == self.end:
            return self
        return Period(first, last) if first < last else None

    def split(self, cuts: Iterable[datetime]) -> tuple[Period, ...]:
        """Return the parts between the cuts, in order; cuts outside or on a bound do nothing."""
        inside = sorted({cut for cut in cuts if self.start < cut < self.end})
        bounds = [self.start, *inside, self.end]
        return tuple(Period(a, b) for a, b in pairwise(bounds))
