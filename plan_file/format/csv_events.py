"""Events of a CSV file: the columns of an event by name, every other column a property."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from plan_file.format.events import KEYS, Event, read_event
from plan_file.format.mistakes import Mistakes
from values.fields import LONGEST_TEXT, Place
from values.instants import BadInstant, parse_instant
from values.problems import Problem

_COLUMNS = frozenset(KEYS.now) - {"properties"}


class _NotText(ValueError):
    """The file has a byte that no text has."""


def csv_events(file: BinaryIO, name: str, zone: str, mistakes: Mistakes) -> Iterator[Event]:
    """Yield the event of each row; an empty cell is absent, a row of empty cells is none."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.reader(_checked(text), strict=True)
    try:
        columns = next(rows, [])
        refused = [Problem((name, column), why) for column, why in _refused_columns(columns)]
        mistakes.add(refused)
        for cells in () if refused else rows:
            if any(cells):
                event = _event(columns, cells, f"{name} line {rows.line_num}", zone, mistakes)
                if event is not None:
                    yield event
    except csv.Error as error:
        mistakes.add([Problem((f"{name} line {rows.line_num}",), f"is not CSV: {error}")])
    except UnicodeDecodeError:
        # The decoder reads ahead, so the line is where it had got to, not always the culprit.
        mistakes.add([Problem((name,), f"is not UTF-8 after line {rows.line_num}")])
    except _NotText as error:
        mistakes.add([Problem((f"{name} line {rows.line_num + 1}",), str(error))])
    finally:
        text.detach()


def _checked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise _NotText("is not text: it holds NUL")
        yield line


def _event(
    columns: list[str], cells: list[str], place: str, zone: str, mistakes: Mistakes
) -> Event | None:
    if len(cells) == len(columns):
        event = _plain_event(dict(zip(columns, cells, strict=True)), zone)
        if event is not None:
            return event
    if len(cells) > len(columns):
        mistakes.add([Problem((place,), f"has more than {len(columns)} cells")])
        return None
    problems: list[Problem] = []
    event = read_event(Place(_row(columns, cells), (place,), problems), zone)
    mistakes.add(problems)
    return event


def _plain_event(row: dict[str, str], zone: str) -> Event | None:
    """Return the event of a row in which nothing needs a second look, else None."""
    key, name = row.pop("idempotency_key"), row.pop("event_name")
    customer, other = row.pop("customer", ""), row.pop("customer_id", "")
    at = row.pop("occurred_at")
    if (customer and other) or not (key.strip() and name.strip() and (customer or other).strip()):
        return None
    if max(len(key), len(name), len(customer), len(other), *map(len, row)) > LONGEST_TEXT:
        return None
    try:
        occurred_at = parse_instant(at, zone=zone)
    except BadInstant:
        return None
    properties = {column: cell for column, cell in row.items() if cell}
    return Event(key, name, customer or other, occurred_at, properties)


def _row(columns: list[str], cells: list[str]) -> dict[str, object]:
    given = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
    row: dict[str, object] = {key: given.pop(key) for key in _COLUMNS & given.keys()}
    row["properties"] = given
    return row


def _refused_columns(columns: list[str]) -> Iterator[tuple[str, str]]:
    yield from (
        (column, "this column stands here twice")
        for index, column in enumerate(columns)
        if column in columns[:index]
    )
    customer = "customer_id" if "customer_id" in columns else "customer"
    for column in ("idempotency_key", "event_name", customer, "occurred_at"):
        if column not in columns:
            yield column, "this column is required"
