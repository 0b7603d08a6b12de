"""
Which band an instant lies in, and when the next one may begin.

A day of UTC is divided once into stretches of one band each, and then remembered: at the local
times at which bands begin and end, and where clocks change.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from invoicing.rating.terms.band import Band

_DAY = 86400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REMEMBERED_AT_MOST = 4096

_Stretches = tuple[tuple[int, ...], tuple[str | None, ...]]
"""The seconds since 1970 at which stretches begin, the last without a band, and their bands."""


class BandCalendar:
    """The bands of a price, read on the clocks of one zone. Instants are seconds since 1970."""

    def __init__(self, bands: tuple[Band, ...], default: str | None, zone: str) -> None:
        self._by_priority = sorted(bands, key=lambda band: -band.priority)
        self._default = default
        self._zone = ZoneInfo(zone)
        self._days: dict[int, _Stretches] = {}
        edges = {time(0), *(edge for band in bands for edge in (band.from_time, band.to_time))}
        self._edges = sorted(edges)

    def at(self, instant: int) -> tuple[str | None, int]:
        """
        Return the band of an instant, and until when it holds at least.

        The next stretch may have the same band: the end of a day of UTC ends one too.
        """
        number = instant // _DAY
        stretches = self._days.get(number)
        if stretches is None:
            if len(self._days) >= _REMEMBERED_AT_MOST:
                self._days.clear()
            stretches = self._days[number] = self._divided(number)
        starts, bands = stretches
        index = bisect_right(starts, instant)
        return bands[index - 1], starts[index]

    def _divided(self, number: int) -> _Stretches:
        begins, ends = number * _DAY, (number + 1) * _DAY
        cuts = {begins, *self._changes_of_clock(begins, ends)}
        for shift in (-1, 0, 1):
            day = date.fromordinal(_EPOCH.toordinal() + number + shift)
            cuts.update(self._instants(day))
        starts: list[int] = []
        bands: list[str | None] = []
        for cut in sorted(cut for cut in cuts if begins <= cut < ends):
            band = self._band(cut)
            if not starts or band != bands[-1]:
                starts.append(cut)
                bands.append(band)
        return (*starts, ends), tuple(bands)

    def _band(self, instant: int) -> str | None:
        local = (_EPOCH + timedelta(seconds=instant)).astimezone(self._zone)
        clock = local.replace(tzinfo=None)
        return next((band.name for band in self._by_priority if band.holds(clock)), self._default)

    def _instants(self, day: date) -> Iterator[int]:
        """Return when clocks show an edge on this day: twice in the hour that comes twice."""
        for edge in self._edges:
            local = datetime.combine(day, edge, self._zone)
            for fold in (0, 1):
                yield _second(local.replace(fold=fold))

    def _changes_of_clock(self, begins: int, ends: int) -> Iterator[int]:
        """Return the instants after which clocks are another distance from UTC."""
        if self._offset(begins) == self._offset(ends):
            return
        before = self._offset(begins)
        low, high = begins, ends
        while high - low > 1:
            middle = (low + high) // 2
            if self._offset(middle) == before:
                low = middle
            else:
                high = middle
        yield high

    def _offset(self, instant: int) -> timedelta | None:
        return (_EPOCH + timedelta(seconds=instant)).astimezone(self._zone).utcoffset()


@lru_cache(maxsize=512)
def band_calendar(bands: tuple[Band, ...], default: str | None, zone: str) -> BandCalendar:
    """Return the calendar of these bands, the same one for all contracts in a zone."""
    return BandCalendar(bands, default, zone)


def _second(local: datetime) -> int:
    since = local.astimezone(UTC) - _EPOCH
    return since.days * _DAY + since.seconds
