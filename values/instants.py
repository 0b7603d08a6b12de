"""Times of the plan file: ISO 8601 with an offset, or a plain date for its local midnight."""

import re
from datetime import UTC, date, datetime

from values.calendar import local_midnight

FIRST_YEAR = 1970
LAST_YEAR = 9998

_LENGTH_OF_DATE = 10
_LENGTH_OF_UTC = 20

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_WITHOUT_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?", re.ASCII)


def always_since(zone: str) -> datetime:
    """Return the start of what has always held: no event is older than the year 2000."""
    return local_midnight(date(2000, 1, 1), zone)


class BadInstant(ValueError):
    """A value that is no date and no time with an offset."""


def parse_date(value: object) -> date:
    """
    Return the plain date.

    :raises BadInstant: where the value is no date of the years 1970 to 9998.
    """
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise BadInstant("must be a date such as 2024-11-01")
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise BadInstant(f"is no date: {error}") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInstant(f"must be in the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def parse_instant(value: object, *, zone: str) -> datetime:
    """
    Return the UTC instant; a plain date is its midnight in the zone.

    :raises BadInstant: where the value is neither, or lies outside the years 1970 to 9998.
    """
    if isinstance(value, str) and len(value) == _LENGTH_OF_DATE and _DATE.fullmatch(value):
        return local_midnight(parse_date(value), zone)
    return parse_time(value, wanted="must be a date (2024-11-01) or a time with an offset")


def parse_time(value: object, *, wanted: str = "must be a time with an offset") -> datetime:
    """
    Return the UTC instant of a time with an offset; a plain date is none.

    :raises BadInstant: as `parse_instant`; it says what is `wanted`.
    """
    if not isinstance(value, str):
        raise BadInstant(f"{wanted} (2024-11-01T09:30:00Z)")
    usual = usual_instant(value)
    if usual is not None:
        return usual
    if not _INSTANT.fullmatch(value):
        raise BadInstant(
            "needs an offset, such as Z or -05:00"
            if _WITHOUT_OFFSET.fullmatch(value)
            else f"{wanted} (2024-11-01T09:30:00Z)"
        )
    try:
        instant = datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise BadInstant(f"is no time: {error}") from error
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise BadInstant(f"must be in the years {FIRST_YEAR} to {LAST_YEAR}")
    return instant.astimezone(UTC)


def usual_instant(text: str) -> datetime | None:
    """
    Return the UTC instant of a time such as 2024-11-01T09:30:00Z, None of any other text.

    That is how times are usually written: of millions, few need the second look of `parse_time`.
    """
    if len(text) != _LENGTH_OF_UTC or text[4::3] != "--T::Z":
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if FIRST_YEAR <= instant.year <= LAST_YEAR else None
