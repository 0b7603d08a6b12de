"""Staff pages of sellers, customers, partners and people."""

from accounts.admin import (
    customer,
    message,
    partner,
    partner_people,
    people,
    seller,
    sign_in,
    staff_visit,
    user,
)

__all__ = [
    "customer",
    "message",
    "partner",
    "partner_people",
    "people",
    "seller",
    "sign_in",
    "staff_visit",
    "user",
]
