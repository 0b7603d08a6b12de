"""The place of an event or receipt in a list, as the address of the next page carries it."""

from datetime import datetime
from uuid import UUID

from accounts.admin.pages.words import utc_text

_MOST_DIGITS = 19


def place_text(occurred_at: datetime, key: UUID) -> str:
    """Return ``2026-11-21T12:00:00Z~<key>``."""
    return f"{utc_text(occurred_at)}~{key}"


def event_place(text: str) -> tuple[datetime, UUID] | None:
    """Return the time and key of a place, None of what is none."""
    instant, _, key = text.partition("~")
    try:
        occurred_at, found = datetime.fromisoformat(instant), UUID(key)
    except ValueError:
        return None
    return None if occurred_at.utcoffset() is None else (occurred_at, found)


def receipt_place_text(received_at: datetime, pk: int) -> str:
    """Return ``2026-11-21T12:00:00Z~<id>``."""
    return f"{utc_text(received_at)}~{pk}"


def receipt_place(text: str) -> tuple[datetime, int] | None:
    """Return the time and id of a place, None of what is none."""
    instant, _, pk = text.partition("~")
    if not (pk.isascii() and pk.isdigit() and len(pk) < _MOST_DIGITS):
        return None
    try:
        received_at = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return None if received_at.utcoffset() is None else (received_at, int(pk))
