"""An event as a partner sent it, checked item by item, before anything is looked up."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec

from usage.intake.json_body import escaped, faults

FIELDS = ("customer_id", "customer", "event_name", "idempotency_key", "occurred_at", "properties")
EARLIEST_YEAR = 2000
LATEST_YEAR = 9998
LONGEST_TEXT = 255
MOST_FAULTS = 20

_AS_SENT = msgspec.json.Encoder(decimal_format="number")
_SORTED = msgspec.json.Encoder(decimal_format="number", order="sorted")
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
        super().__init__("; ".join(fault.detail for fault in found))
        self.faults = found


@dataclass(frozen=True, slots=True)
class SentEvent:
    """
    An event as it was sent. `occurred_at` is aware, in UTC, None where none was sent.

    `sent` is the body without change; the fingerprint covers it and nothing else.
    """

    customer: str
    event_name: str
    idempotency_key: str | None
    occurred_at: datetime | None
    properties: Mapping[str, Any]
    sent: Mapping[str, Any]

    def with_key(self, key: str) -> "SentEvent":
        """Return the event under a key that came from outside its body."""
        return replace(self, idempotency_key=key)

    def at(self, instant: datetime) -> "SentEvent":
        """Return the event with the time of its receipt, where none was sent."""
        return replace(self, occurred_at=instant)

    def fingerprint(self) -> int:
        """
        Return a signed 64-bit hash of what was sent.

        The order of names does not count, nor which of its two names the customer has;
        numbers count as they were written.
        """
        body = dict(self.sent)
        if "customer" in body:
            named = body.pop("customer")
            body["customer_id"] = body.get("customer_id") if named is None else named
        digest = hashlib.sha256(_SORTED.encode(body)).digest()
        return int.from_bytes(digest[:8], signed=True)

    def sent_text(self) -> str:
        """Return the body as JSON, numbers with the digits that they came with."""
        return _AS_SENT.encode(self.sent).decode()


def read_event(item: Any) -> SentEvent:
    """
    Return the event that a decoded JSON item holds.

    :raises Rejected: with every mistake of the item.
    """
    if not isinstance(item, dict):
        raise Rejected(Fault("", "not_an_object", "an event is a JSON object"))
    found = [Fault(*fault) for fault in islice(faults(item), MOST_FAULTS)]
    if found:
        raise Rejected(*found)
    found += _unknown_fields(item)
    customer = _customer(item, found)
    event_name = _text(item, "event_name", found)
    key = _text(item, "idempotency_key", found, required=False)
    occurred_at = _time(item.get("occurred_at"), found)
    properties = item.get("properties", {})
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        found.append(Fault("/properties", "not_an_object", "properties are a JSON object"))
    if found:
        raise Rejected(*found)
    return SentEvent(
        customer=customer or "",
        event_name=event_name or "",
        idempotency_key=key,
        occurred_at=occurred_at,
        properties=properties,
        sent=item,
    )


def event_key_of(source_id: int, idempotency_key: str) -> UUID:
    """Return the key of an event for ever: 16 bytes of a hash of its source and key."""
    digest = hashlib.sha256(f"{source_id}\n{idempotency_key}".encode()).digest()
    return UUID(bytes=digest[:16])


def _unknown_fields(item: Mapping[str, Any]) -> list[Fault]:
    unknown = (name for name in item if name not in FIELDS)
    return [_unknown_field(name[:LONGEST_TEXT]) for name in islice(unknown, MOST_FAULTS)]


def _unknown_field(name: str) -> Fault:
    near = get_close_matches(name, FIELDS, n=1)
    hint = f", did you mean {near[0]!r}?" if near else "; it belongs into properties"
    shown = escaped(name)
    return Fault(f"/{shown}", "unknown_field", f"unknown field {shown!r}{hint}")


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


def _time(value: Any, found: list[Fault]) -> datetime | None:
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
