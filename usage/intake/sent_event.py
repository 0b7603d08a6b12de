"""An event as a partner sent it, checked item by item, before anything is looked up."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import islice
from sys import getsizeof
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from usage.intake.json_body import escaped, faults, read_json
from usage.intake.quick_json import NeedsCare, read_quickly
from values.identifiers import uuid_of

FIELDS = ("customer_id", "customer", "event_name", "idempotency_key", "occurred_at", "properties")
EARLIEST_YEAR = 2000
LATEST_YEAR = 9998
LONGEST_TEXT = 255
MOST_FAULTS = 20
MOST_LETTERS_OF_FAULTS = 2_000
"""Of an item's pointers and reasons: all the mistakes of ten thousand items are one answer."""

_LONG_BYTES = 4 * 1024
# A name that is longer shares less than the six tenths with any field that make it a near one.
_LONGEST_NEAR_NAME = 35
_AS_SENT = msgspec.json.Encoder(decimal_format="number")
_SORTED = msgspec.json.Encoder(decimal_format="number", order="sorted")
_UUID_LENGTH, _ULID_LENGTH = 36, 26
_UUID7 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE
)
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII | re.IGNORECASE)
# Its digits of base 32 into those of Python's.
_CROCKFORD = str.maketrans("ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUV")
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an item: where (a JSON pointer), a code, and the reason."""

    pointer: str
    code: str
    detail: str


class Rejected(ValueError):
    """An item that cannot be an event; `faults` says why, one for each mistake."""

    def __init__(self, *found: Fault) -> None:
        super().__init__(*found)
        self.faults = found

    def __str__(self) -> str:
        return "; ".join(fault.detail for fault in self.faults)


class SentEvent(msgspec.Struct, frozen=True, gc=False):
    """
    An event as it was sent. `occurred_at` is aware, in UTC, None where none was sent.

    `text` is the body without change, as JSON; `mark` covers it and nothing else. Both are made
    once: a request may hold ten thousand events. `held` are the `properties`, None where these
    are read from the text (see `held_properties`). Of an event that its source does not keep
    whole, `text` and `properties` become what is kept; `is_sealed` then says that `mark` covers
    all that came, by a key, so that what is not kept cannot be guessed from it.
    """

    customer: str
    event_name: str
    idempotency_key: str | None
    occurred_at: datetime | None
    held: Mapping[str, Any] | None
    text: str
    mark: int
    is_sealed: bool = False

    @property
    def properties(self) -> Mapping[str, Any]:
        """Return the properties; where they are not held they are read anew each time."""
        return _properties_in(self.text) if self.held is None else self.held

    def with_key(self, key: str) -> "SentEvent":
        """Return the event under a key that came from outside its body."""
        return replace(self, idempotency_key=key)

    def at(self, instant: datetime) -> "SentEvent":
        """Return the event with the time of its receipt, where none was sent."""
        return replace(self, occurred_at=instant)

    def kept_under(self, mark: int) -> "SentEvent":
        """Return the event with the fingerprint that is stored of it: another one was sealed."""
        return self if self.mark == mark else replace(self, mark=mark, is_sealed=True)

    def fingerprint(self) -> int:
        """
        Return a signed 64-bit hash of what was sent.

        The order of names does not count, nor which of its two names the customer has;
        numbers count as they were written.
        """
        return self.mark

    def sent_text(self) -> str:
        """Return the body as JSON, numbers with the digits that they came with."""
        return self.text


def held_properties(properties: Mapping[str, Any], text: str) -> Mapping[str, Any] | None:
    """
    Return the properties of an event with this text, None where they are rather read from it.

    A single letter beyond the basic plane, such as an emoji, makes Python keep every letter of its
    text at four bytes: 20 MB of events become 80 as texts, and would once more as properties.
    """
    is_wide = getsizeof(text) > 3 * len(text)
    return None if is_wide and getsizeof(text) > _LONG_BYTES else properties


def _properties_in(text: str) -> Mapping[str, Any]:
    raw = text.encode()
    try:
        sent = read_quickly(raw)
    except (NeedsCare, msgspec.MsgspecError):
        sent = read_json(raw)
    return sent.get("properties") or {}


def json_of(sent: Mapping[str, Any]) -> bytes:
    """Return the body as JSON, numbers with the digits that they came with."""
    return _AS_SENT.encode(sent)


def fingerprint_of(sent: Mapping[str, Any]) -> int:
    """Return the hash of a body; see `SentEvent.fingerprint`."""
    if "customer" in sent:
        body = dict(sent)
        named = body.pop("customer")
        body["customer_id"] = body.get("customer_id") if named is None else named
        sent = body
    digest = hashlib.sha256(_SORTED.encode(sent)).digest()
    return int.from_bytes(digest[:8], signed=True)


def read_event(item: Any) -> SentEvent:
    """
    Return the event that a decoded JSON item holds.

    :raises Rejected: with every mistake of the item, as far as `MOST_FAULTS` and
        `MOST_LETTERS_OF_FAULTS` reach; the first one always.
    """
    if not isinstance(item, dict):
        raise Rejected(Fault("", "not_an_object", "an event is a JSON object"))
    found = _told(Fault(*fault) for fault in faults(item))
    if found:
        raise Rejected(*found)
    found += _told(_unknown_fields(item))
    customer = _customer(item, found)
    event_name = _text(item, "event_name", found)
    key = _text(item, "idempotency_key", found, required=False)
    occurred_at = read_time(item.get("occurred_at"), found)
    properties = item.get("properties", {})
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        found.append(Fault("/properties", "not_an_object", "properties are a JSON object"))
    if found:
        raise Rejected(*found)
    text = json_of(item).decode()
    return SentEvent(
        customer=customer or "",
        event_name=event_name or "",
        idempotency_key=key,
        occurred_at=occurred_at,
        held=held_properties(properties, text),
        text=text,
        mark=fingerprint_of(item),
    )


def event_key_of(source_id: int, idempotency_key: str) -> UUID:
    """
    Return the key of an event for ever: 16 bytes of a hash of its source and key.

    Where the key begins with its time, as a UUID of version 7 or a ULID, those six bytes go
    before ten of the hash: what comes together is then stored together, and never grows slow.
    """
    digest = hashlib.sha256(f"{source_id}\n{idempotency_key}".encode()).digest()
    return uuid_of((_time_in_key(idempotency_key) + digest)[:16])


def _time_in_key(idempotency_key: str) -> bytes:
    """Return the 48 bits of milliseconds that a key begins with, nothing for other keys."""
    if len(idempotency_key) == _UUID_LENGTH and _UUID7.fullmatch(idempotency_key):
        return bytes.fromhex(idempotency_key[:8] + idempotency_key[9:13])
    if len(idempotency_key) == _ULID_LENGTH and _ULID.fullmatch(idempotency_key):
        return int(idempotency_key[:10].upper().translate(_CROCKFORD), 32).to_bytes(6)
    return b""


def _told(found: Iterable[Fault]) -> list[Fault]:
    told: list[Fault] = []
    letters = 0
    for fault in islice(found, MOST_FAULTS):
        letters += len(fault.pointer) + len(fault.detail)
        if told and letters > MOST_LETTERS_OF_FAULTS:
            break
        told.append(fault)
    return told


def _unknown_fields(item: Mapping[str, Any]) -> Iterator[Fault]:
    unknown = (name for name in item if name not in FIELDS)
    for place, name in enumerate(unknown):
        shown = escaped(name)
        # Looking for what was meant takes long: once for an item.
        hint = _hint(name) if place == 0 else ""
        yield Fault(f"/{shown}", "unknown_field", f"unknown field {shown!r}{hint}")


def _hint(name: str) -> str:
    near = get_close_matches(name, FIELDS, n=1) if len(name) <= _LONGEST_NEAR_NAME else []
    return f", did you mean {near[0]!r}?" if near else "; it belongs into properties"


def _customer(item: Mapping[str, Any], found: list[Fault]) -> str | None:
    if item.get("customer") is not None and item.get("customer_id") is not None:
        same = str(item["customer"]) == str(item["customer_id"])
        if not same:
            found.append(
                Fault("/customer", "contradiction", "customer and customer_id are not the same")
            )
    name = "customer" if item.get("customer") is not None else "customer_id"
    return _text(item, name, found)


def _text(
    item: Mapping[str, Any], name: str, found: list[Fault], *, required: bool = True
) -> str | None:
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        if required:
            found.append(Fault(f"/{name}", "required", f"{name} is missing"))
        return None
    if not isinstance(value, str) or not value.strip():
        found.append(Fault(f"/{name}", "not_text", f"{name} is a text that is not empty"))
        return None
    if len(value) > LONGEST_TEXT:
        found.append(
            Fault(f"/{name}", "too_long", f"{name} has more than {LONGEST_TEXT} characters")
        )
    return value


def read_time(value: Any, found: list[Fault]) -> datetime | None:
    """Return the UTC time that was sent, None without one; what is wrong is added to `found`."""
    if value is None:
        return None
    where = "/occurred_at"
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        found.append(Fault(where, "not_a_time", "a time has an offset, as in 2024-11-05T10:00:00Z"))
        return None
    try:
        instant = datetime.fromisoformat(value.upper().replace(",", ".")).astimezone(UTC)
    except (ValueError, OverflowError):
        found.append(Fault(where, "not_a_time", "there is no such time"))
        return None
    if not EARLIEST_YEAR <= instant.year <= LATEST_YEAR:
        found.append(
            Fault(where, "out_of_range", f"the year is not from {EARLIEST_YEAR} to {LATEST_YEAR}")
        )
        return None
    return instant
