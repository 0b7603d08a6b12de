"""The idempotency keys of a request's events: their own, or made of the request's."""

import re
from dataclasses import dataclass, field

from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem
from usage.intake.batch_body import ReadItems
from usage.intake.sent_event import Fault, Rejected, SentEvent
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


@dataclass(slots=True)
class KeyedItems:
    """The items of a request, each event with its key, and warnings by position."""

    items: list[SentEvent | Rejected]
    warnings: dict[int, str] = field(default_factory=dict)


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
    return str(key)


def single_item(
    item: SentEvent | Rejected, *, header: str | None, requires_key: bool
) -> KeyedItems:
    """Return the one event of a request; without a key of its own it takes the header's."""
    keyed = KeyedItems([item])
    _give_key(keyed, 0, header, requires_key=requires_key)
    return keyed


def batch_items(read: ReadItems, *, header: str | None, requires_key: bool) -> KeyedItems:
    """Return the events of a batch; without a key one takes the header's and its place."""
    keyed = KeyedItems(list(read.items))
    for position, place in enumerate(read.places):
        fallback = None if header is None else f"{header}:{place}"
        _give_key(keyed, position, fallback, requires_key=requires_key)
    return keyed


def _give_key(
    keyed: KeyedItems, position: int, fallback: str | None, *, requires_key: bool
) -> None:
    event = keyed.items[position]
    if isinstance(event, Rejected) or event.idempotency_key is not None:
        return
    if fallback is not None:
        keyed.items[position] = event.with_key(fallback)
    elif requires_key:
        keyed.items[position] = Rejected(Fault("/idempotency_key", "key_required", KEY_REQUIRED))
    else:
        keyed.items[position] = event.with_key(str(uuid7()))
        keyed.warnings[position] = OUR_KEY
