"""
Usage as staff type it, one row a line.

A quantity, ``AI_CALL region=US call_outcome=resolved 13``; an event, once or several times,
``event ticket_solved ticket=7 x 3``; calls, ``100 calls of 90 seconds to +4420 number_type=local``.
"""

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from invoicing.assembly.sample_problems import quantity_problems
from invoicing.assembly.sample_usage import SampleEvent, SampleQuantity
from invoicing.assembly.terms import ContractTerms
from usage.metering.meter import Meter
from values.calendar import local_midnight
from values.exact import NotExact, exact_decimal

MOST_ROWS = 500
MOST_EVENTS = 10_000
_SHAPES = "write a meter, its properties and a quantity, or an event, or calls"
_CALLS = re.compile(
    r"(?P<number>\d{1,5})\s+(?:(?P<direction>\w+)\s+)?calls?\s+of\s+(?P<seconds>\d{1,8})\s+seconds?"
    r"\s+(?P<way>to|from)\s+(?P<far>\S+)(?P<rest>.*)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Typing:
    """What rows are read by: the plan's terms, and the day on which everything happens."""

    terms: ContractTerms
    day: date

    @property
    def used_at(self) -> datetime:
        """The beginning of the day."""
        return local_midnight(self.day, self.terms.zone)

    def at(self, text: str) -> datetime:
        """
        Return the time of a call: ``19:30`` of the day, by default noon.

        :raises ValueError: it is none.
        """
        try:
            clock = time.fromisoformat(text) if text else time(12)
        except ValueError as error:
            raise ValueError(f"'{text[:40]}' is no time such as 19:30") from error
        if clock.tzinfo is not None:
            raise ValueError("write a time of the day in the seller's zone, such as 19:30")
        return datetime.combine(self.day, clock, ZoneInfo(self.terms.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row as typed, and what became of it: usage, events, or what is wrong with it."""

    text: str
    usage: SampleQuantity | None
    problem: str
    events: tuple[SampleEvent, ...] = ()


def read_rows(texts: Iterable[str], *, typing: Typing, first: int = 1) -> list[TypedRow]:
    """Return the rows that are not blank, each with its usage or its problem."""
    rows = (text.strip() for text in texts)
    return [_read(text, f"line {n:03}", typing) for n, text in enumerate(rows, start=first) if text]


def row_text(meter: str, dimensions: Sequence[tuple[str, str]]) -> str:
    """Return a combination as it is typed, without its quantity."""
    pairs = [shlex.quote(f"{key}={value}") for key, value in dimensions]
    return " ".join([shlex.quote(meter), *pairs])


def call_events(
    properties: dict[str, str],
    *,
    number: int,
    seconds: Decimal,
    typing: Typing,
    key: str,
) -> tuple[SampleEvent, ...]:
    """
    Return so many calls of equal length; `meter` and `at` among the properties are taken out.

    :raises ValueError: the plan prices no calls, of several meters none is named, or a time.
    """
    named = dict(properties)
    meter = _call_meter(typing.terms, named.pop("meter", ""))
    answered = typing.at(named.pop("at", "")).isoformat()
    if not 0 < number <= MOST_EVENTS:
        raise ValueError(f"write 1 to {MOST_EVENTS:,} calls")
    said = {
        "direction": "outbound", "setup_at": answered, "answer_at": answered,
        "duration_seconds": str(seconds), **named,
    }  # fmt: skip
    return tuple(
        SampleEvent(f"{key}, call {each + 1:05}", meter.event_name, typing.used_at, said)
        for each in range(number)
    )


def _read(text: str, key: str, typing: Typing) -> TypedRow:
    try:
        if calls := _CALLS.fullmatch(text):
            return TypedRow(text, None, "", _calls(calls, key, typing))
        words = _words(text)
        if words[0] == "event":
            return TypedRow(text, None, "", _events(words[1:], key, typing))
        usage = _usage(words, typing)
    except ValueError as error:
        return TypedRow(text, None, str(error))
    problems = quantity_problems(typing.terms, [usage])
    problem = "; ".join(_said(each.path, each.message) for each in problems)
    return TypedRow(text, None if problem else usage, problem)


def _said(path: tuple[str | int, ...], message: str) -> str:
    return f"'{path[-1]}' {message}" if "dimensions" in path else message


def _calls(found: re.Match[str], key: str, typing: Typing) -> tuple[SampleEvent, ...]:
    inbound = found["way"] == "from"
    properties = {
        "direction": found["direction"] or ("inbound" if inbound else "outbound"),
        "from_number" if inbound else "to_number": found["far"],
        **_pairs(_words(found["rest"]) if found["rest"].strip() else []),
    }
    return call_events(
        properties,
        number=int(found["number"]),
        seconds=Decimal(found["seconds"]),
        typing=typing,
        key=key,
    )


def _events(words: list[str], key: str, typing: Typing) -> tuple[SampleEvent, ...]:
    times = 1
    if len(words) > 2 and words[-2] == "x" and words[-1].isascii() and words[-1].isdigit():
        times = int(words[-1][:6])
        words = words[:-2]
    if not words:
        raise ValueError("write the event's name and its properties, such as event solved ticket=7")
    if not 0 < times <= MOST_EVENTS:
        raise ValueError(f"write 1 to {MOST_EVENTS:,} events")
    properties = _pairs(words[1:])
    return tuple(
        SampleEvent(f"{key}, event {each + 1:05}", words[0], typing.used_at, properties)
        for each in range(times)
    )


def _call_meter(terms: ContractTerms, code: str) -> Meter:
    meters = {code: meter for code, meter in terms.meters.items() if meter.calls}
    if code in meters:
        return meters[code]
    if not meters:
        raise ValueError("this plan has no price of calls")
    if code or len(meters) > 1:
        raise ValueError(f"name one of the meters of calls, such as meter={min(meters)}")
    return next(iter(meters.values()))


def _usage(words: list[str], typing: Typing) -> SampleQuantity:
    if len(words) < 2:
        raise ValueError(_SHAPES)
    meter, *pairs, quantity = words
    if meter not in typing.terms.meters:
        known = ", ".join(sorted(typing.terms.meters)) or "none"
        raise ValueError(f"'{meter}' is no meter of this plan; its meters: {known}")
    try:
        number = exact_decimal(quantity.replace("_", ""))
    except NotExact as error:
        raise ValueError(str(error)) from error
    return SampleQuantity(meter, _pairs(pairs), number, typing.used_at)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text) or [""]
    except ValueError as error:
        raise ValueError("a quotation mark is not closed") from error


def _pairs(words: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign:
            raise ValueError(f"'{word}' is not a property such as region=US")
        if key in found:
            raise ValueError(f"'{key}' stands twice")
        found[key] = value
    return found
