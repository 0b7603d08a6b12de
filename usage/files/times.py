"""Times as files write them, as UTC."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9}))? ?(Z|z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6})?Z", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)[T ]?(\d\d)(\d\d)(\d\d)(Z?)", re.ASCII)
_EPOCH_TEXT = re.compile(r"-?\d{1,20}(\.\d{1,9})?", re.ASCII)
_MAIL = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (GMT|UTC|[+-]\d{4})")
_PARTS = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?:,? +|T)(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.(\d{1,6}))?"
    r"(?: ?([AaPp])\.?[Mm]\.?)?(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d))?",
    re.ASCII,
)
_SECONDS_DIGITS, _MILLISECONDS_DIGITS, _MICROSECONDS_DIGITS = 10, 13, 16


class TimeFormat(StrEnum):
    """How a column writes times. What a day and what a month is, nobody guesses."""

    AUTO = "auto"
    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"
    EPOCH_SECONDS = "epoch_seconds"
    EPOCH_MILLISECONDS = "epoch_milliseconds"


class Twice(StrEnum):
    """Which instant a local time is that comes twice, when clocks go back."""

    REFUSED = "refused"
    EARLIER = "earlier"
    LATER = "later"


class BadTime(ValueError):
    """The value is no time of the format; the message says why."""


def time_reader(
    format: TimeFormat,  # noqa: A002
    *,
    zone: str = "",
    twice: Twice = Twice.REFUSED,
) -> Callable[[Any], datetime]:
    """
    Return a function that reads a value as a UTC time, or raises `BadTime`.

    Times without an offset are local times of the zone; without a zone they are refused, and so
    are those that the zone's clocks never showed.
    """
    local = _Local(ZoneInfo(zone) if zone else None, twice)
    match format:
        case TimeFormat.EPOCH_SECONDS:
            return lambda value: _epoch(value, 1)
        case TimeFormat.EPOCH_MILLISECONDS:
            return lambda value: _epoch(value, 1000)
        case TimeFormat.MONTH_FIRST:
            return lambda value: _parts(value, local, month_first=True)
        case TimeFormat.DAY_FIRST:
            return lambda value: _parts(value, local, month_first=False)

    def read(value: Any) -> datetime:
        if type(value) is str and _USUAL.fullmatch(value):
            return _made(value)
        return _any(value, local)

    return read


class _Local:
    """Times without an offset, in a zone."""

    def __init__(self, zone: ZoneInfo | None, twice: Twice) -> None:
        self._zone = zone
        self._twice = twice

    def instant(self, naive: datetime) -> datetime:
        if self._zone is None:
            raise BadTime("the time has no offset such as Z or -05:00; say its time zone")
        early = naive.replace(tzinfo=self._zone).astimezone(UTC)
        late = naive.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
        if early == late:
            return early
        if late < early:
            raise BadTime(f"clocks of {self._zone.key} never showed this time")
        if self._twice is Twice.REFUSED:
            raise BadTime(f"clocks of {self._zone.key} showed this time twice; say which is meant")
        return early if self._twice is Twice.EARLIER else late


def _any(value: Any, local: _Local) -> datetime:
    if isinstance(value, str):
        if _USUAL.fullmatch(value):
            return _made(value)
        iso = _ISO.fullmatch(value)
        if iso is not None:
            return _iso(iso, local)
        if _MAIL.fullmatch(value):
            return _mail(value)
        compact = _COMPACT.fullmatch(value)
        if compact is not None:
            *numbers, zulu = compact.groups()
            return _civil([int(number) for number in numbers], 0, zulu, local)
        if not _EPOCH_TEXT.fullmatch(value):
            raise BadTime("is no time such as 2024-11-05T10:00:00Z")
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else local.instant(value)
    digits = len(str(value).partition(".")[0].lstrip("-"))
    per_second = {
        _SECONDS_DIGITS: 1,
        _MILLISECONDS_DIGITS: 1000,
        _MICROSECONDS_DIGITS: 1_000_000,
    }.get(digits)
    if per_second is None:
        raise BadTime("is no time: seconds since 1970 have 10 digits, milliseconds 13")
    return _epoch(value, per_second)


def _made(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadTime("there is no such time") from error


def _iso(found: re.Match[str], local: _Local) -> datetime:
    day, minutes, seconds, fraction, offset = found.groups()
    text = f"{day}T{minutes}{seconds or ':00'}.{(fraction or '0')[:6].ljust(6, '0')}"
    if not offset:
        return local.instant(_made(text))
    if offset in {"Z", "z", "UTC", "GMT"}:
        return _made(f"{text}Z")
    try:
        return _made(text + offset).astimezone(UTC)
    except OverflowError as error:
        raise BadTime("there is no such time") from error


def _mail(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text.replace("UTC", "+0000")).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadTime("there is no such time") from error


def _epoch(value: Any, per_second: int) -> datetime:
    if isinstance(value, str):
        if not _EPOCH_TEXT.fullmatch(value):
            raise BadTime("is no number of seconds or milliseconds since 1970")
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise BadTime("is no number of seconds or milliseconds since 1970")
    try:
        return _EPOCH + timedelta(microseconds=int(Decimal(value) * 1_000_000 / per_second))
    except (OverflowError, ValueError, ArithmeticError) as error:
        raise BadTime("there is no such time") from error


def _parts(value: Any, local: _Local, *, month_first: bool) -> datetime:
    if isinstance(value, datetime):
        return _any(value, local)
    found = _PARTS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        example = "11/05/2024 10:00:00" if month_first else "05/11/2024 10:00:00"
        raise BadTime(f"is no time such as {example}")
    one, other, last, hour, minute, second, fraction, half, offset = found.groups()
    if len(one) == 4 or len(last) != 4:
        raise BadTime("the year has four digits and stands last; else choose another format")
    month, day = (one, other) if month_first else (other, one)
    numbers = [int(part) for part in (last, month, day, hour, minute, second or "0")]
    if half:
        if not 1 <= numbers[3] <= 12:
            raise BadTime("there is no such hour")
        numbers[3] = numbers[3] % 12 + (12 if half in "pP" else 0)
    return _civil(numbers, int((fraction or "0").ljust(6, "0")), offset or "", local)


def _civil(numbers: list[int], microsecond: int, offset: str, local: _Local) -> datetime:
    year, month, day, hour, minute, second = numbers
    try:
        naive = datetime(year, month, day, hour, minute, second, microsecond)  # noqa: DTZ001
    except ValueError as error:
        raise BadTime("there is no such time") from error
    if not offset:
        return local.instant(naive)
    suffix = "Z" if offset in {"Z", "UTC", "GMT"} else offset
    return _any(naive.isoformat(timespec="microseconds") + suffix, local)
