"""An API key as its partner's people read it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import ApiKey, Scope, User
from invoicing.documents.formats import quantity
from partner_portal.documents.times import instant

EXPIRES_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """
    A key; `tone` is good, waiting or quiet, `is_usable` while it opens anything.

    `made_by` is empty where no history tells.
    """

    pk: int
    prefix: str
    name: str
    mode: str
    scopes: tuple[tuple[str, str], ...]
    made: str
    made_by: str
    expires: str
    last_used: str
    state: str
    tone: str
    is_usable: bool
    may_rotate: bool


def key_row(
    key: ApiKey, *, now: datetime, maker: User | None = None, brand_name: str = ""
) -> KeyRow:
    """Return the row of a key that is loaded with its partner; `brand_name` stands for staff."""
    state, tone = _state(key, now)
    return KeyRow(
        pk=key.pk,
        prefix=str(key),
        name=key.name,
        mode=key.mode,
        scopes=tuple((scope, Scope(scope).label) for scope in key.scopes),
        made=instant(key.created_at),
        made_by="" if maker is None else brand_name if maker.is_staff else maker.email,
        expires="Never" if key.expires_at is None else instant(key.expires_at),
        last_used="Not yet" if key.last_used_at is None else instant(key.last_used_at),
        state=state,
        tone=tone,
        is_usable=key.is_usable(now=now),
        may_rotate=set(key.scopes) <= set(key.partner.scopes_to_give),
    )


def expires_soon(key: ApiKey, *, now: datetime) -> bool:
    """Return whether a key that works ends within two weeks, and nothing has replaced it."""
    return (
        key.is_usable(now=now)
        and key.expires_at is not None
        and key.expires_at - now < EXPIRES_SOON
    )


def time_left(key: ApiKey, *, now: datetime) -> str:
    """Return ``3 days`` or ``5 hours``, rounded down; less than one hour is ``an hour``."""
    assert key.expires_at is not None
    left = key.expires_at - now
    if left.days:
        return quantity(Decimal(left.days), "day")
    hours = left // timedelta(hours=1)
    return quantity(Decimal(hours), "hour") if hours else "an hour"


def _state(key: ApiKey, now: datetime) -> tuple[str, str]:
    if key.revoked_at is not None:
        return f"revoked {instant(key.revoked_at)}", "quiet"
    if key.expires_at is not None and key.expires_at <= now:
        return "expired", "quiet"
    if not key.is_usable(now=now):
        return "switched off", "bad"
    if expires_soon(key, now=now):
        return f"ends in {time_left(key, now=now)}", "waiting"
    return "works", "good"
