"""An event behind a line, as its customer reads it and as a row of a spreadsheet."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from invoicing.documents.formats import quantity
from invoicing.models import InvoiceLine
from portal.csv_answer import Cell
from portal.documents.times import moment_with_seconds
from usage.queries.events import CountedEvent


@dataclass(frozen=True, slots=True)
class EventRow:
    """The cells of a row; `properties` are names and values as sent, `sent` the whole body."""

    event_id: str
    at: datetime
    when: str
    quantity: str
    key: str
    properties: Sequence[tuple[str, str]]
    sent: str


def event_row(event: CountedEvent, *, unit: str, zone: str) -> EventRow:
    """Return the row, its time in a zone."""
    return EventRow(
        event_id=event.public_id,
        at=event.occurred_at.astimezone(UTC),
        when=moment_with_seconds(event.occurred_at, zone),
        quantity=quantity(event.quantity, unit),
        key=event.idempotency_key,
        properties=[(name, value_words(value)) for name, value in properties_of(event).items()],
        sent=event.sent,
    )


def metered_unit(line: InvoiceLine) -> str:
    """Return the unit that a line's events are counted in, before it becomes another one."""
    return line.meter.unit if line.meter else line.unit


def csv_header(*, unit: str, keys: Sequence[str], zone: str) -> list[str]:
    """Return the names of the columns of `event_cells`."""
    counted = f"quantity ({unit})" if unit else "quantity"
    return ["time", f"local time ({zone})", counted, "key", "id", *keys, "properties"]


def event_cells(
    event: CountedEvent, *, keys: Sequence[str], dimensions: Mapping[str, str] | None, zone: str
) -> list[Cell]:
    """
    Return the row for a spreadsheet.

    `dimensions` are those of the line's combination, None for a line of all combinations: then
    each event has its own.
    """
    sent = properties_of(event)
    own = sent if dimensions is None else dimensions
    local = event.occurred_at.astimezone(ZoneInfo(zone))
    return [
        event.occurred_at,
        f"{local:%Y-%m-%d %H:%M:%S}",
        event.quantity,
        event.idempotency_key,
        event.public_id,
        *(value_words(own[key]) if key in own else None for key in keys),
        "; ".join(f"{name}={value_words(value)}" for name, value in sent.items()),
    ]


def properties_of(event: CountedEvent) -> dict[str, Any]:
    """Return the properties that were sent; numbers as texts, with the digits they came with."""
    sent = json.loads(event.sent, parse_float=str, parse_int=str)
    properties = sent.get("properties") if isinstance(sent, dict) else None
    return properties if isinstance(properties, dict) else {}


def value_words(value: object) -> str:
    """Return a property's value as text: lists with commas, names with their values."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value_words(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {value_words(item)}" for name, item in value.items())
    return str(value)
