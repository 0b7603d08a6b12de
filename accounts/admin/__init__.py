"""Staff pages of sellers, customers, partners and people."""

from accounts.admin import customer, partner, seller, user

__all__ = ["customer", "partner", "seller", "user"]
