"""
Telephone numbers as digits to hold prefixes against.

Whether a number is valid never matters: what rings is rated. `phonenumbers` only reads the
many ways to write one, and cannot know those that stand for a hidden caller.
"""

from __future__ import annotations

import phonenumbers

NO_NUMBER = ""
"""The digits of nobody: only a row of no prefix is for them."""

_STAND_INS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})
"""Digits that Twilio sends for anonymous, restricted, blocked, unknown and unavailable callers."""

_NOT_DIALLED = ("sip:", "sips:", "client:", "sim:")


def number_digits(number: str) -> str:
    """
    Return the digits of a number, those of E.164 where it is written with a ``+``.

    A number without one is its digits: ``00`` and ``011`` stay. Empty for words such as
    ``anonymous``, for SIP and client addresses, and for the numbers that stand for a hidden
    caller.
    """
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        digits = _written(number.strip())
    return NO_NUMBER if digits in _STAND_INS else digits


def _written(number: str) -> str:
    folded = number.lower()
    if folded.startswith(_NOT_DIALLED) or "@" in folded:
        return NO_NUMBER
    folded = folded.removeprefix("tel:")
    if "+" in folded:
        try:
            parsed = phonenumbers.parse(folded, None)
        except phonenumbers.NumberParseException:
            pass
        else:
            text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            return text.removeprefix("+")
    if any(character.isalpha() for character in folded):
        return NO_NUMBER
    return "".join(str(int(character)) for character in folded if character.isdecimal())
