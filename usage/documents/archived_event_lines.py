"""Archived events as lines of a file: JSON, or CSV for spreadsheets."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from usage.documents.spreadsheet_cells import safe_cell
from usage.queries.archived_events import ArchivedEvent, ArchivedReading

HEADINGS = (
    "event", "customer", "source", "occurred_at", "received_at", "event_name", "idempotency_key",
    "meter", "dimensions", "quantity", "unit", "void_since", "void_reason", "archive", "sent",
)  # fmt: skip


def ndjson_lines(events: Iterable[ArchivedEvent]) -> Iterator[str]:
    """Yield a line for each event; quantities are texts, `sent` is the body as it came."""
    for event in events:
        said = {
            "event": event.id,
            "customer": event.customer,
            "source": event.source,
            "occurred_at": _instant(event.occurred_at),
            "received_at": _instant(event.received_at),
            "event_name": event.event_name,
            "idempotency_key": event.idempotency_key,
            "readings": [_reading(reading) for reading in event.readings],
            "void_since": _instant(event.void_since) or None,
            "void_reason": event.void_reason,
            "archive": event.archive,
            "sent": event.sent,
        }
        yield json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


def csv_lines(events: Iterable[ArchivedEvent]) -> Iterator[str]:
    """Yield a line for each meter that counts an event, one for an event that none counts."""
    writer = csv.writer(_Echo())
    yield writer.writerow(HEADINGS)
    for event in events:
        for reading in event.readings or (None,):
            yield writer.writerow(_cells(event, reading))


def _cells(event: ArchivedEvent, reading: ArchivedReading | None) -> list[str]:
    counted = ("", "", "", "")
    if reading is not None:
        values = "; ".join(f"{name}={value}" for name, value in sorted(reading.dimensions.items()))
        counted = (reading.meter, values, f"{reading.quantity:f}", reading.unit)
    cells = (
        event.id, event.customer, event.source, _instant(event.occurred_at),
        _instant(event.received_at), event.event_name, event.idempotency_key, *counted,
        _instant(event.void_since), event.void_reason, event.archive, event.sent,
    )  # fmt: skip
    # A quantity may be less than nothing: that is a number, whatever it begins with.
    return [
        cell if heading == "quantity" else safe_cell(cell)
        for heading, cell in zip(HEADINGS, cells, strict=True)
    ]


def _reading(reading: ArchivedReading) -> dict[str, object]:
    return {
        "meter": reading.meter,
        "dimensions": reading.dimensions,
        "quantity": f"{reading.quantity:f}",
        "unit": reading.unit,
    }


def _instant(instant: datetime | None) -> str:
    return "" if instant is None else instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


class _Echo:
    """What the csv module writes a line to, to get it back."""

    def write(self, line: str) -> str:
        return line
