"""Numbers, money and dates as people read them on documents."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, Context, Decimal, localcontext
from fractions import Fraction

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from invoicing.rating.sentence import with_unit
from values.calendar import last_day, local_date
from values.exact import EXACT, MAX_FRACTION_DIGITS, fraction_digits, plain
from values.money import minor_digits, minor_unit
from values.period import Period

LOCALE = "en_US"
LANGUAGE = "en"

_UNIT_PRICE_PLACES = 12
_EXACT_PLACES = 30
_QUANTITY_PLACES = 18
_SHORT = Decimal("0.000001")
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
    """
    Return a quantity with its unit: ``1,234.5 minutes``, ``1 minute``.

    A unit that is a multiple itself is one: ``1,284 \N{MULTIPLICATION SIGN} 1K tokens``.
    """
    return with_unit(_number(amount), amount, unit)


def short_quantity(amount: Decimal, unit: str = "") -> str:
    """
    Return a quantity for reading, not for copying: ``1.666666… minutes``.

    One that uses every place there is never ends, as a third of a minute; it is cut off.
    """
    if fraction_digits(amount) < MAX_FRACTION_DIGITS:
        return quantity(amount, unit)
    cut = amount.quantize(_SHORT, rounding=ROUND_DOWN, context=_WIDE)
    return with_unit(f"{_number(cut)}\N{HORIZONTAL ELLIPSIS}", amount, unit)


def _number(amount: Decimal) -> str:
    with localcontext(_WIDE):
        return format_decimal(amount, format="#,##0." + "#" * _QUANTITY_PLACES, locale=LOCALE)


def minutes_and_seconds(seconds: Decimal) -> str:
    """Return whole seconds as minutes: ``309:00 min``, ``1,284:07 min``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{quantity(Decimal(minutes))}:{rest:02d} min"


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
