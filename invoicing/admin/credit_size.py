"""Credit as staff read it: money, or units."""

from decimal import Decimal

from djmoney.money import Money

from accounts.admin.pages.tables import Cell, money, number
from accounts.admin.pages.words import NOTHING, money_words, quantity_words
from invoicing.credits.purse import Purse


def credit_size_words(size: Decimal, purse: Purse) -> str:
    """Return ``8,800.00 USD`` of money, ``8800 credits`` of units."""
    if purse.is_money:
        return money_words(Money(size, purse.currency))
    return quantity_words(size, purse.unit)


def credit_cell(size: Decimal | None, purse: Purse) -> Cell:
    """Return a balance or a movement of a purse as a cell."""
    if size is None:
        return number(NOTHING)
    if purse.is_money:
        return money(Money(size, purse.currency))
    return number(quantity_words(size, purse.unit))
