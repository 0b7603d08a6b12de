"""Staff pages of the price book."""

from catalog.admin import plan, price, price_version, product, rate_card, rate_card_version

__all__ = ["plan", "price", "price_version", "product", "rate_card", "rate_card_version"]
