"""A partner's own people make an API key of their partner."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import ApiKey, Partner
from accounts.operations.make_api_key import KeyTermsRefused, make_api_key


class ScopeNotToGive(KeyTermsRefused):
    """Staff have not allowed this partner's people to give such a scope."""


class NameInUse(KeyTermsRefused):
    """A key of this name works already: it was made twice, or nobody could tell the two apart."""


@transaction.atomic
def make_own_key(
    *,
    partner: Partner,
    name: str,
    mode: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """
    Return the new key and its whole text, which nobody can be shown again.

    A form that is sent again makes no second key.

    :raises ScopeNotToGive:
    :raises NameInUse:
    :raises KeyTermsRefused: no scope, an unknown one, or an expiry that is not ahead.
    """
    # Locked: staff who take a scope away are done before, or see this key in the list.
    locked = Partner.objects.select_for_update().get(pk=partner.pk)
    check_scopes(partner=locked, scopes=scopes)
    named = locked.api_keys.filter(name=name, mode=mode, revoked_at=None)
    if any(key.is_usable(now=now) for key in named):
        raise NameInUse(f"A key named {name!r} works already: replace it, or name this otherwise.")
    return make_api_key(
        partner=locked, name=name, mode=mode, scopes=scopes, expires_at=expires_at, now=now
    )


def check_scopes(*, partner: Partner, scopes: Sequence[str]) -> None:
    """
    Pass where the partner's people may give all of these scopes.

    :raises ScopeNotToGive:
    """
    others = [scope for scope in scopes if scope not in partner.scopes_to_give]
    if others:
        raise ScopeNotToGive(f"{', '.join(others)}: staff make keys with this, or allow you to.")
