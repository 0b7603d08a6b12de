"""Ending an API key at once."""

from datetime import datetime

from django.db import transaction

from accounts.models import ApiKey


@transaction.atomic
def revoke_api_key(*, key: ApiKey, now: datetime) -> ApiKey:
    """Return the key, which works no more; one revoked before keeps its time."""
    held = ApiKey.objects.select_for_update().get(pk=key.pk)
    if held.revoked_at is None:
        held.revoked_at = now
        held.save(update_fields=["revoked_at"])
    return held
