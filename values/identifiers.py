"""Ids: time-ordered inside (UUID version 7, RFC 9562), short and typed outside (``cus_…``)."""

from __future__ import annotations

import os
import time
from uuid import UUID, SafeUUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 26
# Three letters at a time, of numbers of nine: ids are written by the ten thousand.
_TRIPLES = [
    first + second + third for first in _ALPHABET for second in _ALPHABET for third in _ALPHABET
]
_THREE, _NINE = (1 << 15) - 1, (1 << 45) - 1


def uuid7() -> UUID:
    """Return a new id that sorts by the millisecond of its making."""
    value = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return UUID(int=value)


def uuid_of(sixteen: bytes) -> UUID:
    """
    Return the UUID of these 16 bytes, as `UUID(bytes=…)` does in twice the time.

    A UUID is these two attributes (`uuid.UUID.__init__`); drivers of databases make it so, too.
    """
    made = object.__new__(UUID)
    object.__setattr__(made, "int", int.from_bytes(sixteen, "big"))
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


def public_id(prefix: str, value: UUID) -> str:
    """Return the id as people and machines outside see it: ``cus_`` and 26 base-32 letters."""
    number = value.int
    high, middle, low = number >> 90, number >> 45 & _NINE, number & _NINE
    return (
        f"{prefix}_{_TRIPLES[high >> 30][1:]}{_TRIPLES[high >> 15 & _THREE]}"
        f"{_TRIPLES[high & _THREE]}{_TRIPLES[middle >> 30]}{_TRIPLES[middle >> 15 & _THREE]}"
        f"{_TRIPLES[middle & _THREE]}{_TRIPLES[low >> 30]}{_TRIPLES[low >> 15 & _THREE]}"
        f"{_TRIPLES[low & _THREE]}"
    )


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
