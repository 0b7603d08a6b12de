"""Remembering when a key was last used."""

from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import ApiKey

EVERY = timedelta(minutes=1)


def note_key_used(*, key: ApiKey, now: datetime) -> None:
    """Write the time of use; within a minute of the last one nothing is written."""
    if key.last_used_at is not None and now - key.last_used_at < EVERY:
        return
    ApiKey.objects.filter(
        Q(last_used_at=None) | Q(last_used_at__lte=now - EVERY), pk=key.pk
    ).update(last_used_at=now)
