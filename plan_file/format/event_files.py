"""Files of events: CSV with a column per property, or NDJSON with an event per line."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from plan_file.format import tree
from plan_file.format.events import KEYS, Event, read_event
from plan_file.format.json_text import read_json
from plan_file.format.reading import BadFile, decoded, read_bytes
from plan_file.format.tree import Unreadable, settle
from values.fields import Place
from values.problems import Problem

_COLUMNS = frozenset(KEYS.now) - {"properties"}


def read_events(path: Path, *, zone: str) -> tuple[Event, ...]:
    """
    Return the events of the file in its order; a plain date is a midnight in the zone.

    :raises BadFile: with all its problems; a path begins with the file's name and the line.
    """
    name = path.name
    readers = {".csv": _csv_rows, ".ndjson": _ndjson_rows, ".jsonl": _ndjson_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadFile([Problem((name,), "must be a .csv or .ndjson file")])
    problems: list[Problem] = []
    events = [
        read_event(Place(row, (f"{name} line {line}",), problems), zone)
        for line, row in reader(decoded(read_bytes(path), name), name, problems)
    ]
    if problems:
        raise BadFile(problems)
    return tuple(event for event in events if event is not None)


def _ndjson_rows(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[int, object]]:
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        place = f"{name} line {line}"
        try:
            row, found = settle(read_json(written), take_float=_in_properties)
        except Unreadable as error:
            problems.append(Problem((place,), str(error)))
            continue
        problems.extend(problem.under(place) for problem in found)
        yield line, row


def _in_properties(path: tree.Path) -> bool:
    return len(path) > 1 and path[0] == "properties"


def _csv_rows(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[int, object]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = next(rows, [])
        refused = [Problem((name, column), why) for column, why in _refused_columns(columns)]
        problems.extend(refused)
        for cells in () if refused else rows:
            if len(cells) > len(columns):
                place = f"{name} line {rows.line_num}"
                problems.append(Problem((place,), f"has more than {len(columns)} cells"))
            elif any(cells):
                yield rows.line_num, _csv_event(dict(zip(columns, cells, strict=False)))
    except csv.Error as error:
        problems.append(Problem((f"{name} line {rows.line_num}",), f"is not CSV: {error}"))


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


def _csv_event(cells: dict[str, str]) -> dict[str, object]:
    given = {column: cell for column, cell in cells.items() if cell}
    event: dict[str, object] = {key: given[key] for key in _COLUMNS & given.keys()}
    event["properties"] = {key: given[key] for key in given if key not in _COLUMNS}
    return event
