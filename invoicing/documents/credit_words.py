"""Credit as people read it: money, or units."""

from __future__ import annotations

from decimal import Decimal

from invoicing.credits.purse import Purse
from invoicing.documents.formats import money, short_quantity


def credit_words(size: Decimal, purse: Purse) -> str:
    """Return ``$8,800.00`` of money, ``8,800 credits`` of units."""
    if purse.is_money:
        return money(size, purse.currency)
    return short_quantity(size, purse.unit)
