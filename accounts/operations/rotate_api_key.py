"""Replacing an API key by a new one, while both work for some hours."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import ApiKey
from accounts.operations.make_api_key import make_api_key


class KeyNotInUse(ValueError):
    """Only a key that still works can be rotated; make a new one instead."""


@transaction.atomic
def rotate_api_key(*, key: ApiKey, overlap_hours: int, now: datetime) -> tuple[ApiKey, str]:
    """
    Return the new key and its text; the old one works for `overlap_hours` more.

    The new key may do the same. Where the old one had an expiry, the new one lives as long
    as that one was made for. Without overlap the old key is revoked at once.

    :raises KeyNotInUse: it was revoked, has expired, its partner is switched off, or a key that
        works replaces it already.
    :raises ValueError: the overlap is negative.
    """
    if overlap_hours < 0:
        raise ValueError("an overlap is not negative")
    old = ApiKey.objects.select_for_update(of=["self"]).select_related("partner").get(pk=key.pk)
    if not old.is_usable(now=now):
        raise KeyNotInUse(f"{old} does not work any more; make a new key")
    if any(successor.is_usable(now=now) for successor in old.replacements.all()):
        raise KeyNotInUse(f"{old} was replaced already; replace the key that replaced it")
    lifetime = None if old.expires_at is None else old.expires_at - old.created_at
    made = make_api_key(
        partner=old.partner,
        name=old.name,
        mode=old.mode,
        scopes=old.scopes,
        expires_at=None if lifetime is None else now + lifetime,
        now=now,
        replaces=old,
    )
    if overlap_hours:
        ends_at = now + timedelta(hours=overlap_hours)
        old.expires_at = ends_at if old.expires_at is None else min(ends_at, old.expires_at)
    else:
        old.revoked_at = now
    old.save(update_fields=["expires_at", "revoked_at"])
    return made
