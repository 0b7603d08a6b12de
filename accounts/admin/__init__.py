"""Staff pages of sellers, customers, partners and people."""

from accounts.admin import (
    api_key,
    customer,
    message,
    partner,
    partner_people,
    people,
    record_look,
    seller,
    sign_in,
    staff_visit,
    user,
)

__all__ = [
    "api_key",
    "customer",
    "message",
    "partner",
    "partner_people",
    "people",
    "record_look",
    "seller",
    "sign_in",
    "staff_visit",
    "user",
]
