"""A partner's own people replace an API key of their partner."""

from datetime import datetime

from django.db import transaction

from accounts.models import ApiKey, Partner
from accounts.operations.make_own_key import check_scopes
from accounts.operations.rotate_api_key import rotate_api_key


@transaction.atomic
def rotate_own_key(*, key: ApiKey, overlap_hours: int, now: datetime) -> tuple[ApiKey, str]:
    """
    Return the new key and its text; the old one works for `overlap_hours` more.

    A key of staff's making that may do more is not theirs to copy.

    :raises ScopeNotToGive:
    :raises KeyNotInUse: it was revoked, has expired, or its partner is switched off.
    """
    partner = Partner.objects.select_for_update().get(pk=key.partner_id)
    check_scopes(partner=partner, scopes=key.scopes)
    return rotate_api_key(key=key, overlap_hours=overlap_hours, now=now)
