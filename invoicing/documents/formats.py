"""Numbers, money and dates as people read them on documents."""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from values.calendar import last_day, local_date
from values.exact import EXACT, plain
from values.money import minor_digits, minor_unit
from values.period import Period

LOCALE = "en_US"
LANGUAGE = "en"

_UNIT_PRICE_PLACES = 12
_EXACT_PLACES = 30
_QUANTITY_PLACES = 18
_UNTIL = " \u2013 "
_WIDE = Context(prec=100)


def money(amount: Decimal, currency: str) -> str:
    """
    Return an amount with the currency's digits: ``$1,021.35``, ``¥1,021``, ``KWD 1.250``.

    :raises decimal.Inexact: the amount has more digits; it was never rounded.
    """
    exact = EXACT.quantize(amount, minor_unit(currency))
    return _currency(exact, currency, most_places=minor_digits(currency))


def unit_price(price: Decimal, currency: str) -> str:
    """Return a price of one unit, unrounded, to 12 places: ``$0.20``, ``$0.0000025``."""
    return _currency(price, currency, most_places=_UNIT_PRICE_PLACES)


def exact_price(amount: Decimal | Fraction, currency: str) -> str:
    """Return an amount before it is rounded, with every digit that is kept: ``$0.0045``."""
    return _currency(Decimal(plain(amount)), currency, most_places=_EXACT_PLACES)


def quantity(amount: Decimal, unit: str = "") -> str:
    """Return a quantity with its unit, in the plural where it is not one: ``1,234.5 minutes``."""
    with localcontext(_WIDE):
        number = format_decimal(amount, format="#,##0." + "#" * _QUANTITY_PLACES, locale=LOCALE)
    if not unit:
        return number
    plural = "" if amount == 1 or unit.endswith("s") else "s"
    return f"{number} {unit}{plural}"


def day(value: date) -> str:
    """Return a day: ``Nov 1, 2024``."""
    return format_date(value, "MMM d, y", locale=LOCALE)


def days(period: Period, zone: str) -> str:
    """Return the first and the last day that count in `zone`, joined by a dash."""
    first, last = local_date(period.start, zone), last_day(period.end, zone)
    if first == last:
        return day(last)
    if first.year == last.year:
        return f"{format_date(first, 'MMM d', locale=LOCALE)}{_UNTIL}{day(last)}"
    return f"{day(first)}{_UNTIL}{day(last)}"


def _currency(amount: Decimal, currency: str, *, most_places: int) -> str:
    least = minor_digits(currency)
    places = "0" * least + "#" * (most_places - least)
    symbol = get_currency_symbol(currency, locale=LOCALE)
    space = "\u00a0" if symbol[-1].isalpha() else ""
    pattern = f"¤{space}#,##0" + (f".{places}" if places else "")
    with localcontext(_WIDE):
        return format_currency(
            amount, currency, format=pattern, locale=LOCALE, currency_digits=False
        )
