"""Many events in one body: a JSON object with a list, or a line of JSON for each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from usage.intake.json_body import NotJson, TwiceNamed, read_json
from usage.intake.quick_event import read_carefully, read_item
from usage.intake.sent_event import Fault, Rejected, SentEvent

MAXIMUM_ITEMS = 10_000
MOST_VALUES = 1_000_000
"""Lists, objects and their parts in one body: what a reader needs memory for."""

_BLANK = b" \t\n\r"
_BEGINNING = re.compile(rb'[ \t\n\r]*\{[ \t\n\r]*"events"[ \t\n\r]*:')
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
_NOT_JSON = "not_json"


class NotABatch(ValueError):
    """The body is JSON and no batch; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


class TooMuch(ValueError):
    """There is more in the body than one request may bring."""


@dataclass(frozen=True, slots=True)
class ReadItems:
    """What a body holds: items in its order, and the place of each (list index, or line)."""

    items: Sequence[SentEvent | Rejected]
    places: Sequence[int]


def refuse_too_many_values(body: bytes) -> None:
    """
    Look before reading: a byte or two can become an object of a hundred.

    :raises TooMuch: more than `MOST_VALUES` commas and opening brackets.
    """
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        raise TooMuch(
            f"The body has more than {MOST_VALUES:,} values (counted by commas and brackets); "
            "send several."
        )


def read_batch(body: bytes) -> ReadItems:
    """
    Return the items of `{"events": [...]}`; a bad one costs only itself.

    :raises NotJson: the body, or one of its items, is no JSON: nothing of it is taken.
    :raises NotABatch: the body is something else.
    :raises TooMuch: more than `MAXIMUM_ITEMS` items.
    """
    raw_items = _raw_items(body)
    if raw_items is not None:
        _refuse_too_many(len(raw_items))
        try:
            items = [read_item(bytes(raw)) for raw in raw_items]
        except NotJson:
            # Where in the body it is none is told by whoever reads all of it.
            items = [read_carefully(item) for item in _events_of(read_json(body))]
    else:
        items = [read_carefully(item) for item in _events_of(read_json(body))]
    return ReadItems(items, range(len(items)))


def read_lines(body: bytes) -> ReadItems:
    """
    Return the items of NDJSON: one event a line, empty lines do not count.

    A line that is no JSON costs only itself. Lines end with LF or CR LF; the last one need not.

    :raises NotABatch: there is no line with anything on it.
    :raises TooMuch: more than `MAXIMUM_ITEMS` lines, empty ones among them.
    """
    body = body.removesuffix(b"\n")
    _refuse_too_many(body.count(b"\n") + 1)
    items: list[SentEvent | Rejected] = []
    places: list[int] = []
    for place, line in enumerate(body.split(b"\n")):
        if line.strip(_BLANK):
            items.append(_line(line))
            places.append(place)
    if not items:
        raise NotABatch(Fault("", "empty", "there is at least one line with an event"))
    return ReadItems(items, places)


def _line(line: bytes) -> SentEvent | Rejected:
    try:
        return read_item(line)
    except NotJson as error:
        reason = str(error).replace("the body", "the line", 1).replace("line 1, ", "")
        return Rejected(Fault("", _NOT_JSON, reason))


def _raw_items(body: bytes) -> list[msgspec.Raw] | None:
    """Return the items of a body that is a list of events in an object and nothing else."""
    beginning, end = _BEGINNING.match(body), _end_of_list(body)
    if beginning is None or end is None:
        return None
    try:
        return _ITEMS.decode(memoryview(body)[beginning.end() : end]) or None
    except (msgspec.MsgspecError, RecursionError):
        return None


def _end_of_list(body: bytes) -> int | None:
    """Return where the list ends, if nothing but the object's own bracket follows it."""
    kept = len(body.rstrip(_BLANK)) - 1
    return kept if kept > 0 and body[kept : kept + 1] == b"}" else None


def _events_of(body: Any) -> list[Any]:
    fault = _fault_of_batch(body)
    if fault is not None:
        raise NotABatch(fault)
    events: list[Any] = body["events"]
    _refuse_too_many(len(events))
    return events


def _fault_of_batch(body: Any) -> Fault | None:
    if not isinstance(body, dict):
        return Fault("", "not_an_object", 'a batch is a JSON object: {"events": [...]}')
    if isinstance(body, TwiceNamed):
        return Fault("", "duplicate_key", "a name stands twice beside events")
    if any(name != "events" for name in body):
        return Fault("", "unknown_field", "a batch holds nothing but events")
    events = body.get("events")
    if not isinstance(events, list):
        return Fault("/events", "not_a_list", "events is a list")
    return None if events else Fault("/events", "empty", "events holds at least one event")


def _refuse_too_many(count: int) -> None:
    if count > MAXIMUM_ITEMS:
        raise TooMuch(f"The batch has {count} events; the limit is {MAXIMUM_ITEMS}. Send several.")
