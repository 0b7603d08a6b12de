"""
Events of a file with a JSON object per line.

A plain line is decoded straight into an event. What the decoder would pass over in silence (a
key written twice, a number too long to be kept, an escape) or refuse goes through the reader
of documents, which says what is wrong with which key.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from plan_file.format.events import Event, read_event
from plan_file.format.json_text import read_json
from plan_file.format.mistakes import Mistakes
from plan_file.format.tree import Unreadable, WrittenFloat, settle
from values.fields import LONGEST_TEXT, Place
from values.instants import BadInstant, parse_instant, usual_instant
from values.problems import Path, Problem

LONGEST_LINE = 1_000_000
"""Bytes: more is no event, and a file without line ends must not fill the memory."""

_BLOCK_BYTES = 1 << 16
_LARGEST_PLAIN = 10**18
_PLAIN_FRACTION = re.compile(r"-?[0-9]{1,50}\.[0-9]{1,49}", re.ASCII)
_BACKSLASH = ord("\\")  # a number is found in bytes faster than bytes
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


_KEYS_AND_TEXTS = 9
"""Four keys with their four texts, and that of the properties."""

_UNSETTLED = object()


class _Line(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    idempotency_key: str
    event_name: str
    occurred_at: str
    customer: str = ""
    customer_id: str = ""
    properties: dict[str, object] = {}


_decode = msgspec.json.Decoder(_Line, float_hook=WrittenFloat).decode


def ndjson_events(file: BinaryIO, name: str, zone: str, mistakes: Mistakes) -> Iterator[Event]:
    """Yield the event of each line; blank lines are none."""
    for number, line in enumerate(_lines(file), 1):
        event = _plain_event(line, zone)
        if event is None:
            text = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
            event = _any_event(text, f"{name} line {number}", zone, mistakes)
        if event is not None:
            yield event


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines without their ends, of one that is too long the beginning."""
    begun = b""
    while block := file.read(_BLOCK_BYTES):
        *lines, rest = block.split(b"\n")
        if lines:
            yield begun + lines[0]
            yield from lines[1:]
            begun = rest
        else:
            begun = (begun + rest)[:LONGEST_LINE]
    if begun:
        yield begun


def _plain_event(line: bytes, zone: str) -> Event | None:
    """Return the event of a line in which nothing needs a second look, else None."""
    if len(line) >= LONGEST_LINE:
        return None
    try:
        read = _decode(line)
        at = read.occurred_at
        occurred_at = usual_instant(at) or parse_instant(at, zone=zone)
    except (msgspec.MsgspecError, BadInstant, UnicodeDecodeError, RecursionError):
        return None
    properties = read.properties
    # Quotes come in pairs: a pair too many is a key that stands there twice.
    pairs = _KEYS_AND_TEXTS + 2 * len(properties)
    for name, value in properties.items():
        if type(value) is not str:
            settled = _settled(value)
            if settled is _UNSETTLED:
                return None
            properties[name] = settled
            pairs -= 1
    quotes = line.count(b'"')
    if _BACKSLASH in line or (quotes != 2 * pairs and (properties or quotes != 2 * pairs - 2)):
        return None
    key, event_name, customer = read.idempotency_key, read.event_name, read.customer
    customer = customer or read.customer_id
    if not (key.strip() and event_name.strip() and customer.strip()):
        return None
    if len(line) > LONGEST_TEXT and (
        len(key) > LONGEST_TEXT
        or len(event_name) > LONGEST_TEXT
        or len(customer) > LONGEST_TEXT
        or max(map(len, properties), default=0) > LONGEST_TEXT
    ):
        return None
    return Event(key, event_name, customer, occurred_at, properties)


def _settled(value: object) -> object:
    """Return a fraction as its digits, a flag or a number as it is, and no other value."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, WrittenFloat) and _PLAIN_FRACTION.fullmatch(value.text):
        return value.text
    if isinstance(value, int) and -_LARGEST_PLAIN < value < _LARGEST_PLAIN:
        return value
    return _UNSETTLED


def _any_event(line: bytes, place: str, zone: str, mistakes: Mistakes) -> Event | None:
    if len(line) >= LONGEST_LINE:
        mistakes.add([Problem((place,), f"is longer than {LONGEST_LINE:,} bytes")])
        return None
    if not line.strip():
        return None
    problems: list[Problem] = []
    event = None
    try:
        row, found = settle(read_json(line.decode()), take_float=_in_properties)
    except UnicodeDecodeError as error:
        problems.append(Problem((place,), f"is not UTF-8: byte {error.start + 1} of the line"))
    except Unreadable as error:
        problems.append(Problem((place,), str(error)))
    else:
        problems.extend(problem.under(place) for problem in found)
        event = read_event(Place(row, (place,), problems), zone)
    mistakes.add(problems)
    return None if problems else event


def _in_properties(path: Path) -> bool:
    return len(path) > 1 and path[0] == "properties"
