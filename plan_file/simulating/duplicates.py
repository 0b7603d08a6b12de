"""One event sent twice counts once; another event under its key is a conflict."""

from __future__ import annotations

from enum import Enum, auto
from hashlib import blake2b

import msgspec

from plan_file.format.events import Event

_in_bytes = msgspec.msgpack.Encoder().encode
_LONGEST_KEPT = 40


class Sighting(Enum):
    """What an event is to those before it."""

    FIRST = auto()
    DUPLICATE = auto()
    CONFLICT = auto()


class Seen:
    """
    The keys seen so far, each with a hash of its first event: less than 200 bytes an event.

    A long key is kept as 16 bytes of its hash. Two bodies are told apart by 64 bits, which is
    enough because only those of one key are compared.
    """

    def __init__(self) -> None:
        self._bodies: dict[str | bytes, int] = {}

    def see(self, event: Event, packed: bytes) -> Sighting:
        """Return what the event, its properties packed, is to those before it."""
        # A datetime takes longer to hash than everything else here: its bytes do not.
        at = _in_bytes(event.occurred_at)
        body = hash((packed, event.event_name, event.customer, at))
        key: str | bytes = event.idempotency_key
        if len(key) > _LONGEST_KEPT:
            key = blake2b(event.idempotency_key.encode(), digest_size=16).digest()
        known = self._bodies.setdefault(key, body)
        if known is body:
            return Sighting.FIRST
        return Sighting.DUPLICATE if known == body else Sighting.CONFLICT
