"""Ids: time-ordered inside (UUID version 7, RFC 9562), short and typed outside (``cus_…``)."""

from __future__ import annotations

import os
import time
from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 26
# Two letters at a time: ids are written by the ten thousand.
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(5 * (_LENGTH - 2), -1, -10)


def uuid7() -> UUID:
    """Return a new id that sorts by the millisecond of its making."""
    value = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return UUID(int=value)


def public_id(prefix: str, value: UUID) -> str:
    """Return the id as people and machines outside see it: ``cus_`` and 26 base-32 letters."""
    number = value.int
    return f"{prefix}_{''.join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])}"


def parse_public_id(text: str, *, prefix: str) -> UUID | None:
    """Return the id behind a public one, None if it is not exactly one of that prefix."""
    head = f"{prefix}_"
    letters = text.removeprefix(head)
    if not text.startswith(head) or len(letters) != _LENGTH:
        return None
    number = 0
    for letter in letters:
        if letter not in _VALUES:
            return None
        number = number * 32 + _VALUES[letter]
    return UUID(int=number) if number < 1 << 128 else None
