"""Amounts, days and states as staff read them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString
from djmoney.money import Money

from accounts.columns import exact
from values.calendar import day_text, last_day, local_date, local_midnight
from values.exact import plain
from values.money import money_text

NOTHING = "–"
_ICONS = {"good": "●", "waiting": "◔", "bad": "▲", "plain": "○"}


def money_words(money: Money | None) -> str:
    """Return ``9,978.65 USD``."""
    if money is None:
        return NOTHING
    currency = str(money.currency)
    return f"{Decimal(money_text(exact(money), currency)):,f} {currency}"


def quoted(name: str) -> str:
    """Return a name as it was sent, in marks that show where it begins and ends."""
    return f"“{name}”"


def number_words(value: Decimal | None) -> str:
    """Return a number without trailing zeros."""
    return NOTHING if value is None else plain(value)


def rate_words(value: Decimal | None) -> str:
    """Return a rate with all its digits, at least two after the point: ``0.20``, ``0.225``."""
    return NOTHING if value is None else plain(value, least_places=2)


def quantity_words(value: Decimal, unit: str) -> str:
    """Return a quantity with its unit, in the plural where it is not one: ``13 minutes``."""
    plural = "" if value == 1 or not unit or unit.endswith("s") else "s"
    return f"{plain(value)} {unit}{plural}".strip()


def day_words(day: date | None) -> str:
    """Return ``Oct 31, 2026``."""
    return NOTHING if day is None else day_text(day)


def instant_words(instant: datetime | None, zone: str = "UTC") -> str:
    """Return ``Nov 4, 2024 10:02 America/New_York``."""
    if instant is None:
        return NOTHING
    local = instant.astimezone(ZoneInfo(zone))
    return f"{day_words(local.date())} {local:%H:%M} {zone}"


def start_words(start: datetime | None, zone: str) -> str:
    """Return the first day, or the time where the start is no local midnight."""
    if start is None:
        return "the beginning"
    day = local_date(start, zone)
    return day_words(day) if _is_midnight(start, zone) else instant_words(start, zone)


def end_words(end: datetime | None, zone: str) -> str:
    """Return the last day that counts, or the time where the end is no local midnight."""
    if end is None:
        return "open"
    return day_words(last_day(end, zone)) if _is_midnight(end, zone) else instant_words(end, zone)


def span_words(start: datetime | None, end: datetime | None, zone: str) -> str:
    """Return ``Nov 1, 2024 to Oct 31, 2026``."""
    if end is None:
        return f"from {start_words(start, zone)}"
    return f"{start_words(start, zone)} to {end_words(end, zone)}"


def state_badge(word: str, tone: str) -> SafeString:
    """Return a state as word, colour and icon; tones are good, waiting, bad and plain."""
    return format_html(
        '<span class="state state-{}"><span aria-hidden="true">{}</span> {}</span>',
        tone,
        _ICONS[tone],
        word,
    )


def utc_text(instant: datetime) -> str:
    """Return the time as addresses carry it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_midnight(instant: datetime, zone: str) -> bool:
    return local_midnight(local_date(instant, zone), zone) == instant
