"""
The door: what its source does not keep of an event is masked or gone before it is stored.

By then it is attributed and measured on what came. Its fingerprint covers all that came, too, so
that the same event sent again is a duplicate, and one whose hidden digits differ a conflict.
"""

import hashlib
import hmac
from collections.abc import Iterator
from functools import lru_cache

import msgspec
from django.conf import settings

from usage.intake.json_body import read_json
from usage.intake.kept_properties import PropertyRules
from usage.intake.sent_event import Rejected, SentEvent, held_properties, json_of
from usage.models import Source
from usage.operations.accepting.outcome import Prepared

_PURPOSE = b"fingerprint of a body that is not kept whole\n"


def at_the_door(
    prepared: list[Prepared | Rejected], *, source: Source
) -> list[Prepared | Rejected]:
    """Return the events with what is stored of them; those that are kept whole as they are."""
    if source.keeps_all:
        return prepared
    rules = source.rules()
    return [
        item
        if isinstance(item, Rejected)
        else msgspec.structs.replace(item, sent=kept_event(item.sent, rules))
        for item in prepared
    ]


def kept_event(sent: SentEvent, rules: PropertyRules) -> SentEvent:
    """Return what is stored of an event; nothing of what was masked can be guessed from it."""
    if sent.held == {}:
        return sent
    body = read_json(sent.text.encode())
    if not isinstance(body, dict):
        raise TypeError("the text of an event is an object")
    if not body.get("properties"):
        return sent
    properties = rules.kept(body["properties"])
    if properties == body["properties"]:
        return sent
    text = json_of({**body, "properties": properties}).decode()
    return msgspec.structs.replace(
        sent,
        held=held_properties(properties, text),
        text=text,
        mark=sent.mark if sent.is_sealed else _sealed(sent.mark, settings.SECRET_KEY),
        is_sealed=True,
    )


def says_the_same(event: SentEvent, stored_fingerprint: int) -> bool:
    """Return whether the stored event came with this body, if either is not kept whole too."""
    if event.mark == stored_fingerprint:
        return True
    if event.is_sealed:
        return event.mark in sealed_marks(stored_fingerprint)
    return stored_fingerprint in sealed_marks(event.mark)


def sealed_marks(mark: int) -> Iterator[int]:
    """
    Yield what a body's fingerprint is stored as where the body is not kept whole.

    All but a few digits of such a body may be known, and then a plain hash would tell these to
    whoever tries them all; a keyed one tells nothing without the key. It is made of `SECRET_KEY`
    (the first), and of those that were in use before.
    """
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _sealed(mark, str(secret))


def _sealed(mark: int, secret: str) -> int:
    seal = _keyed(secret).copy()
    seal.update(mark.to_bytes(8, signed=True))
    return int.from_bytes(seal.digest()[:8], signed=True)


@lru_cache(maxsize=8)
def _keyed(secret: str) -> hmac.HMAC:
    return hmac.new(secret.encode(), _PURPOSE, hashlib.sha256)
