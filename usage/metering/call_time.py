"""When an event counts: a call when it is answered, everything else when it occurs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from usage.metering.measurement_errors import BadValue
from usage.metering.meter import Meter
from values.instants import BadInstant, parse_time, usual_instant

ANSWER_AT = "answer_at"
STATUS = "status"
NEVER_ANSWERED = frozenset({"busy", "failed", "no-answer", "canceled"})
"""Statuses of a call that nobody took, in small letters with hyphens, spelled as here."""

_LONGEST_STATUS = 40
"""Characters of the longest text that may be one of them; longer ones are not remembered."""


class EventTime(NamedTuple):
    """The UTC time that decides period, version and order; whether a call was answered."""

    at: datetime
    answered: bool


def event_time(meter: Meter, properties: Mapping[str, object], occurred_at: datetime) -> EventTime:
    """
    Return the time at which an event counts for a meter.

    A call that nobody answered keeps the time at which it occurred; it is never billed. Events
    that are no calls are always `answered`.

    :raises BadValue: `answer_at` is no ISO 8601 time with an offset.
    """
    if not meter.calls:
        return EventTime(occurred_at, answered=True)
    at = answered_at(properties)
    return EventTime(at or occurred_at, answered=at is not None)


def answered_at(properties: Mapping[str, object]) -> datetime | None:
    """
    Return when somebody took the call, None where nobody did.

    :raises BadValue: `answer_at` is no ISO 8601 time with an offset.
    """
    if not is_answered(properties):
        return None
    written = properties[ANSWER_AT]
    if type(written) is str and (usual := usual_instant(written)) is not None:
        return usual
    try:
        return parse_time(written)
    except BadInstant as error:
        raise BadValue(name=ANSWER_AT, reason=f"'{ANSWER_AT}' {error}") from error


def is_answered(properties: Mapping[str, object]) -> bool:
    """Return whether somebody took the call, whatever else its record says."""
    status = properties.get(STATUS)
    if isinstance(status, str) and len(status) <= _LONGEST_STATUS and _says_nobody(status):
        return False
    return properties.get(ANSWER_AT) is not None


@lru_cache(maxsize=1024)
def _says_nobody(status: str) -> bool:
    """Return whether the status means that nobody took the call: ``NO ANSWER``, ``Cancelled``."""
    words = status.lower().replace("_", " ").replace("-", " ").split()
    return "-".join(words).replace("cancelled", "canceled") in NEVER_ANSWERED
