"""The idempotency keys of a request's events: their own, or made of the request's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem
from usage.intake.sent_event import Fault, Rejected, SentEvent, read_event
from values.identifiers import uuid7

LONGEST_HEADER = 200
KEY_REQUIRED = (
    "the event has no idempotency_key and the request no Idempotency-Key: if it came again, it "
    "could not be told from a second event, and would be billed twice"
)
OUR_KEY = (
    "the event had no key and got one of ours; if you send it again it counts again. "
    "Send an idempotency_key."
)
_HEADER = re.compile(rf"[\x21-\x7e](?:[\x20-\x7e]{{0,{LONGEST_HEADER - 2}}}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class KeyedItem:
    """An item of a request: an event with its key, or why it is none; and a warning."""

    event: SentEvent | Rejected
    warning: str = ""


def idempotency_header(request: Request) -> str | None:
    """
    Return the request's `Idempotency-Key`, None without one; quotes around it do not count.

    :raises ApiProblem: it is no text that could be a key.
    """
    text = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if text is None:
        return None
    key = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if not _HEADER.fullmatch(key):
        raise ApiProblem(
            kinds.BAD_REQUEST,
            f"Idempotency-Key is a text of 1 to {LONGEST_HEADER} printable ASCII characters.",
        )
    return key


def single_item(item: Any, *, header: str | None, requires_key: bool) -> KeyedItem:
    """Return the one event of a request; without a key of its own it takes the header's."""
    return _keyed(item, header, requires_key=requires_key)


def batch_items(items: Sequence[Any], *, header: str | None, requires_key: bool) -> list[KeyedItem]:
    """Return the events of a batch; without a key one takes the header's and its position."""
    return [
        _keyed(item, header and f"{header}:{index}", requires_key=requires_key)
        for index, item in enumerate(items)
    ]


def _keyed(item: Any, fallback: str | None, *, requires_key: bool) -> KeyedItem:
    try:
        event = read_event(item)
    except Rejected as rejected:
        return KeyedItem(rejected)
    if event.idempotency_key is not None:
        return KeyedItem(event)
    if fallback is not None:
        return KeyedItem(event.with_key(fallback))
    if requires_key:
        return KeyedItem(Rejected(Fault("/idempotency_key", "key_required", KEY_REQUIRED)))
    return KeyedItem(event.with_key(str(uuid7())), warning=OUR_KEY)
