"""Numbers and amounts in templates, as the rest of the staff pages writes them."""

from decimal import Decimal

from django import template
from djmoney.money import Money

from accounts.admin.pages import words

register = template.Library()


@register.filter
def number_words(value: Decimal | None) -> str:
    """Return a quantity or rate without trailing zeros, a dash for none."""
    return words.number_words(value) if isinstance(value, Decimal) else words.NOTHING


@register.filter
def count_words(count: int) -> str:
    """Return a count with its thousands told apart: ``20,000``."""
    return f"{count:,}"


@register.filter
def amount_words(value: Decimal | None, currency: str) -> str:
    """Return an amount with its currency, a dash for none."""
    if not isinstance(value, Decimal):
        return words.NOTHING
    return words.money_words(Money(value, currency))
