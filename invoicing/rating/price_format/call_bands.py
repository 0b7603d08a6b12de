"""The keys of a band: hours of the local day, on weekdays or dates."""

from __future__ import annotations

import re
from datetime import date, time

from invoicing.rating.terms.band import Band
from values.fields import Keys, Place
from values.instants import BadInstant, parse_date

BAND_KEYS = Keys(("name", "days", "dates", "from", "to", "priority"))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_PRIORITY = 1_000_000

_MIDNIGHT = time(0)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_END_OF_DAY = "24:00"


def read_band(place: Place) -> Band | None:
    """Return the band, None where it has problems."""
    section = place.section(BAND_KEYS)
    name = section.text("name")
    days = frozenset(DAYS.index(item.word(DAYS)) for item in section.items("days"))
    dates = frozenset(_read_date(item) for item in section.items("dates"))
    from_time = section.read_or("from", _MIDNIGHT, _read_time)
    to_time = section.read_or("to", _MIDNIGHT, _read_time)
    priority = section.read_or("priority", 0, read_priority)
    return section.build(
        lambda: Band(
            name=name,
            days=days,
            dates=dates,
            from_time=from_time,
            to_time=to_time,
            priority=priority,
        )
    )


def band_as_json(band: Band) -> dict[str, object]:
    """Return the keys that `read_band` reads."""
    is_whole_day = band.from_time == band.to_time == _MIDNIGHT
    written: dict[str, object] = {
        "name": band.name,
        "days": [DAYS[day] for day in sorted(band.days)] or None,
        "dates": [day.isoformat() for day in sorted(band.dates)] or None,
        "from": None if is_whole_day else _clock(band.from_time),
        "to": None if is_whole_day else _clock(band.to_time),
        "priority": band.priority or None,
    }
    return {key: value for key, value in written.items() if value is not None}


def read_priority(place: Place) -> int:
    """Return the whole number, which may be below zero."""
    return place.whole(least=-MOST_PRIORITY, most=MOST_PRIORITY)


def _read_date(place: Place) -> date:
    try:
        return parse_date(place.value)
    except BadInstant as error:
        place.problem(str(error))
        return date.min


def _read_time(place: Place) -> time:
    value = place.value
    if value == _END_OF_DAY:
        return _MIDNIGHT
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        place.problem("must be a time of day such as 18:00")
        return _MIDNIGHT
    return time.fromisoformat(value)


def _clock(moment: time) -> str:
    return moment.isoformat("seconds" if moment.second else "minutes")
