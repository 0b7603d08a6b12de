"""The customers that a partner may send for, by pages."""

from uuid import UUID

from django.db.models import Q

from accounts.models import Customer, KeyMode, Partner
from accounts.queries.partner_customers import partner_customers
from partner_portal.queries.reach import key_of_mode


def listed_customers(
    *, partner: Partner, mode: KeyMode, text: str = "", after: UUID | None, limit: int
) -> list[Customer]:
    """
    Return at most `limit` customers, the oldest first, from after a place on.

    `text` is a part of the name or of the external id, or our id.
    """
    found = partner_customers(key=key_of_mode(partner=partner, mode=mode)).order_by("uid")
    if text:
        named = Q(name__icontains=text) | Q(external_id__icontains=text)
        uid = Customer.uid_of(text)
        found = found.filter(named if uid is None else Q(uid=uid))
    if after is not None:
        found = found.filter(uid__gt=after)
    return list(found[:limit])


def customer_for_examples(*, partner: Partner, mode: KeyMode) -> Customer | None:
    """Return the customer whose ids stand in examples: the oldest one, None where there is none."""
    found = listed_customers(partner=partner, mode=mode, after=None, limit=1)
    return found[0] if found else None
