"""Numbers as they are printed."""

from __future__ import annotations

from decimal import Decimal

from plan_file.results import Wallet
from values.exact import plain
from values.money import money_text
from values.number import Number, as_shown


def number_text(value: Number) -> str:
    """Return the number with 18 places at most; one with more is rounded half to even."""
    return plain(as_shown(value))


def wallet_text(wallet: Wallet, size: Decimal) -> str:
    """Return an amount with the digits of its currency, a quantity without trailing zeros."""
    return money_text(size, wallet.currency) if wallet.unit is None else number_text(size)
