"""Currencies, time zones and countries: words that a register outside the file defines."""

import functools
import zoneinfo

from values.fields import Place, did_you_mean
from values.money import minor_digits


def read_currency(place: Place) -> str:
    """Return the ISO 4217 code."""
    code = place.text()
    try:
        minor_digits(code)
    except ValueError as error:
        if code:
            place.problem(str(error))
    return code


def is_currency(code: object) -> bool:
    """Return whether this is a code that `read_currency` takes."""
    try:
        minor_digits(str(code))
    except ValueError:
        return False
    return True


def read_timezone(place: Place) -> str:
    """Return the name of a zone of the IANA database; UTC stands in for an unknown one."""
    name = place.text()
    if name in _zones():
        return name
    if name:
        place.problem(f"unknown time zone '{name[:80]}'{did_you_mean(name[:80], _zones())}")
    return "UTC"


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def read_country(place: Place) -> str:
    """Return the ISO 3166 code of two capital letters."""
    code = place.text()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
        place.problem("must be a country code of two capital letters, such as US")
    return code
