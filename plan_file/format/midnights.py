"""Dates on which something of a contract begins or ends: midnights in the customer's zone."""

from datetime import datetime

from values.calendar import date_or_time
from values.fields import Place


def read_midnight(place: Place | None, zone: str) -> datetime | None:
    """Return the instant of the date, None where there is none or it is no date."""
    if place is None:
        return None
    instant = place.instant(zone)
    if instant.tzinfo is not None and "T" in date_or_time(instant, zone):
        place.problem(f"must be a date: periods begin and end at midnight in {zone}")
    return instant if instant.tzinfo is not None else None
