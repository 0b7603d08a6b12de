"""Staff pages of sellers, customers, partners and people."""

from accounts.admin import customer, message, partner, people, seller, sign_in, staff_visit, user

__all__ = ["customer", "message", "partner", "people", "seller", "sign_in", "staff_visit", "user"]
