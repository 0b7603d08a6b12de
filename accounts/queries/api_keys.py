"""Finding the key that a caller presents."""

import hmac
from datetime import datetime

from accounts.key_text import read_key_text
from accounts.models import ApiKey, Partner
from accounts.prepared import run_prepared
from accounts.queries.written_rows import WrittenRows

_NO_HASH = bytes(32)
_KEYS = WrittenRows(ApiKey, alias="k")
_PARTNERS = WrittenRows(Partner, alias="p")
_FOUND = """
    SELECT {key}, {partner}
    FROM accounts_apikey AS k JOIN accounts_partner AS p ON p.id = k.partner_id
    WHERE k.prefix = %s
"""


class KeyRefused(Exception):
    """The presented text opens nothing; the message may be told to the caller."""


def usable_api_key(*, presented: str, now: datetime) -> ApiKey:
    """
    Return the key with its partner.

    Whoever does not know the secret learns nothing: an unknown key and a wrong secret get one
    answer, after the same work.

    :raises KeyRefused: mistyped, unknown, revoked, expired, or its partner is switched off.
    """
    text = read_key_text(presented)
    if text is None:
        raise KeyRefused("this is no API key; a character may be missing or mistyped")
    key = _key_with_partner(text.prefix)
    stored = _NO_HASH if key is None else bytes(key.secret_hash)
    if not hmac.compare_digest(text.digest(), stored) or key is None:
        raise KeyRefused("there is no such API key")
    if key.revoked_at is not None:
        raise KeyRefused("this API key was revoked")
    if key.expires_at is not None and key.expires_at <= now:
        raise KeyRefused(f"this API key expired at {key.expires_at:%Y-%m-%dT%H:%M:%SZ}")
    if not key.is_usable(now=now):
        raise KeyRefused("this API key's partner is switched off")
    return key


def _key_with_partner(prefix: str) -> ApiKey | None:
    statement = _FOUND.format(key=_KEYS.columns, partner=_PARTNERS.columns)
    row = run_prepared(statement, [prefix]).fetchone()
    if row is None:
        return None
    key = _KEYS.instance(row[: _KEYS.width])
    key.partner = _PARTNERS.instance(row[_KEYS.width :])
    return key
