"""Numbers as they are printed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from plan_file.results import Wallet
from values.exact import EXACT, MAX_FRACTION_DIGITS, fraction_digits, plain
from values.money import money_text
from values.number import Number


def number_text(value: Number) -> str:
    """Return the number with 18 places at most; one with more is rounded half to even."""
    if isinstance(value, Decimal) and fraction_digits(value) > MAX_FRACTION_DIGITS:
        value = Fraction(value)
    if isinstance(value, Fraction):
        value = Decimal(round(value * 10**MAX_FRACTION_DIGITS)).scaleb(-MAX_FRACTION_DIGITS, EXACT)
    return plain(value)


def wallet_text(wallet: Wallet, size: Decimal) -> str:
    """Return an amount with the digits of its currency, a quantity without trailing zeros."""
    return money_text(size, wallet.currency) if wallet.unit is None else number_text(size)
