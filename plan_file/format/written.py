"""The small words of writing: what is left out, and how times and numbers stand."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from plan_file.format.yaml_layout import OneLine, Written
from values.calendar import date_or_time
from values.exact import plain


def used(**written: Written) -> dict[str, Written]:
    """Leave out what is None or empty; a trailing underscore keeps a key off Python's words."""
    return {key.rstrip("_"): value for key, value in written.items() if value not in (None, [], {})}


def unless(default: Written, value: Written) -> Written:
    """Return the value, None where it is the default."""
    return None if value == default else value


def at(instant: datetime | None, zone: str) -> str | None:
    """Return a date for a midnight of the zone, else the time in UTC."""
    return None if instant is None else date_or_time(instant, zone)


def number(value: Decimal | None) -> str | None:
    """Return the plain digits."""
    return None if value is None else plain(value)


def laid_out(value: Written) -> Written:
    """Return JSON as it is written below a key: each mapping in braces, on a line of its own."""
    if isinstance(value, Mapping):
        return OneLine({key: laid_out(item) for key, item in value.items()})
    if isinstance(value, list):
        return [laid_out(item) for item in value]
    return value
