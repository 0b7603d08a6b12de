"""What a partner's pages may show: what an API key of that mode would be answered."""

from accounts.models import ApiKey, KeyMode, Partner


def key_of_mode(*, partner: Partner, mode: KeyMode) -> ApiKey:
    """
    Return a key that is stored nowhere and opens nothing, for the queries that the API asks.

    So pages and API cannot disagree on whose events a partner sees.
    """
    return ApiKey(partner=partner, mode=mode, scopes=[])
