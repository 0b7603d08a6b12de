"""What a key may see."""

from django.db.models import Q, QuerySet

from accounts.models import ApiKey, Customer, KeyMode


def partner_customers(*, key: ApiKey) -> QuerySet[Customer]:
    """Return the customers of the key's partner: the sandbox ones for a test key, else the rest."""
    return Customer.objects.filter(
        partners=key.partner_id, is_sandbox=key.mode == KeyMode.TEST
    ).select_related("test_clock")


def partner_customer(*, key: ApiKey, reference: str) -> Customer | None:
    """Return the one that our id or the external id names, None where the key sees no such."""
    if "\x00" in reference:
        return None
    uid = Customer.uid_of(reference)
    named = Q(external_id=reference) if uid is None else Q(uid=uid)
    return partner_customers(key=key).filter(named).first()
