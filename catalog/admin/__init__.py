"""Staff pages of the price book."""

from catalog.admin import meter, plan, price, price_version, product, rate_card, rate_card_version

__all__ = ["meter", "plan", "price", "price_version", "product", "rate_card", "rate_card_version"]
