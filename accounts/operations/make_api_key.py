"""Making a partner's API key."""

from collections.abc import Sequence
from datetime import datetime

from accounts.key_text import new_key_text
from accounts.models import ApiKey, Partner, Scope


class KeyTermsRefused(ValueError):
    """The key would be of no use; the message says why."""


def make_api_key(
    *,
    partner: Partner,
    name: str,
    mode: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    now: datetime,
    replaces: ApiKey | None = None,
) -> tuple[ApiKey, str]:
    """
    Return the new key and its whole text, which nobody can be shown again.

    :raises KeyTermsRefused: no scope, an unknown one, or an expiry that is not ahead.
    """
    unknown = [scope for scope in scopes if scope not in Scope.values]
    if unknown:
        raise KeyTermsRefused(f"unknown scope {unknown[0]!r}; there are {', '.join(Scope.values)}")
    if not scopes:
        raise KeyTermsRefused("a key without a scope may do nothing; choose at least one")
    if expires_at is not None and expires_at <= now:
        raise KeyTermsRefused("a key expires in the future")
    made = new_key_text(mode)
    key = ApiKey.objects.create(
        partner=partner,
        name=name,
        mode=mode,
        prefix=made.prefix,
        secret_hash=made.digest(),
        scopes=[scope for scope in Scope.values if scope in scopes],
        expires_at=expires_at,
        replaces=replaces,
    )
    return key, made.text
