"""Instants as customers read them, by their own clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from invoicing.documents.formats import day
from values.calendar import last_day


def moment(instant: datetime, zone: str) -> str:
    """Return ``Nov 5, 2024 10:00 EST``."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{day(local.date())} {local:%H:%M %Z}"


def moment_with_seconds(instant: datetime, zone: str) -> str:
    """Return ``Nov 5, 2024 10:00:00``; the zone stands above."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{day(local.date())} {local:%H:%M:%S}"


def last_day_words(end: datetime, zone: str) -> str:
    """Return the last day that counts before a half-open end: ``Nov 30, 2024``."""
    return day(last_day(end, zone))
