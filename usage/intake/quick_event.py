"""
The quick way to an event, for nearly all of them; whatever is odd takes the careful way.

Both ways give the same event, text and fingerprint. The quick one never says what is wrong: it
only knows when it cannot be sure that nothing is.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from usage.intake.json_body import read_json
from usage.intake.quick_json import NeedsCare, read_quickly
from usage.intake.sent_event import (
    EARLIEST_YEAR,
    FIELDS,
    LATEST_YEAR,
    LONGEST_TEXT,
    Rejected,
    SentEvent,
    fingerprint_of,
    held_properties,
    json_of,
    read_event,
    read_time,
)

_FIELDS = frozenset(FIELDS)
_LONGEST_ID = 18
_LENGTH_OF_USUAL_TIME = 20


def read_item(raw: bytes) -> SentEvent | Rejected:
    """
    Return the event that the JSON of one item holds, or why it is none.

    :raises NotJson: it is no JSON in UTF-8.
    """
    try:
        return _quickly(raw)
    except (NeedsCare, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    # Not in the handler: what is raised there keeps what was raised before, and its frames.
    return read_carefully(read_json(raw))


def read_carefully(item: Any) -> SentEvent | Rejected:
    """Return the event that a decoded item holds, or the mistakes in it."""
    try:
        return read_event(item)
    except Rejected as rejected:
        # With its frames it would keep the item itself, and a batch has ten thousand.
        return rejected.with_traceback(None)


def _quickly(raw: bytes) -> SentEvent:
    sent = read_quickly(raw)
    written = json_of(sent)
    # Of a name that stands twice the decoder keeps one. Its colon is gone from the text, in
    # which everything else that has one is as it was sent.
    if raw.count(b":") != written.count(b":") or not sent.keys() <= _FIELDS:
        raise NeedsCare
    properties = sent.get("properties")
    if properties is not None and type(properties) is not dict:
        raise NeedsCare
    key, text = sent.get("idempotency_key"), written.decode()
    return SentEvent(
        customer=_customer(sent),
        event_name=_name(sent.get("event_name")),
        idempotency_key=None if key is None else _name(key),
        occurred_at=_time(sent.get("occurred_at")),
        held=held_properties({} if properties is None else properties, text),
        text=text,
        mark=fingerprint_of(sent),
    )


def _customer(sent: Mapping[str, Any]) -> str:
    customer, named = sent.get("customer_id"), sent.get("customer")
    if customer is None:
        return _name(named)
    if named is not None:
        raise NeedsCare
    return _name(customer)


def _name(value: Any) -> str:
    if type(value) is int and abs(value) < 10**_LONGEST_ID:
        return str(value)
    if type(value) is not str or len(value) > LONGEST_TEXT or not value.strip():
        raise NeedsCare
    return value


def _time(value: Any) -> datetime | None:
    if value is None:
        return None
    # The usual way to write it needs no second look.
    if type(value) is str and len(value) == _LENGTH_OF_USUAL_TIME and value[4::3] == "--T::Z":
        try:
            instant = datetime.fromisoformat(value)
        except ValueError as error:
            raise NeedsCare from error
        if not EARLIEST_YEAR <= instant.year <= LATEST_YEAR or instant.tzinfo is not UTC:
            raise NeedsCare
        return instant
    instant_or_none = read_time(value, [])
    if instant_or_none is None:
        raise NeedsCare
    return instant_or_none
