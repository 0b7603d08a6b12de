"""The space of idempotency keys in which an API key's events are unique."""

from accounts.models import ApiKey
from usage.models import Source


def source_of_key(*, key: ApiKey) -> Source:
    """Return the source of the key's partner and mode, made with the first event."""
    source, _ = Source.objects.get_or_create(partner_id=key.partner_id, mode=key.mode)
    return source
