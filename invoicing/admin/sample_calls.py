"""
Sample calls as CSV: a row a call, or several equal ones.

The header names `seconds`; `calls` (how many), `at` (19:30) and `meter` may stand beside it, and
every other column is a property of the call. An empty cell is an absent property.
"""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from invoicing.admin.usage_rows import MOST_EVENTS, MOST_ROWS, TypedRow, Typing, call_events
from values.exact import NotExact, exact_decimal


def read_calls(text: str, *, typing: Typing) -> list[TypedRow]:
    """Return the rows below the header; one that cannot be read is a row with its problem."""
    lines = text.strip().splitlines()
    if not lines:
        return []
    reader = csv.DictReader(io.StringIO("\n".join(lines)), strict=True)
    try:
        header = [name.strip() for name in reader.fieldnames or []]
        if problem := _header_problem(header, len(lines) - 1):
            return [TypedRow(lines[0], None, problem)]
        reader.fieldnames = header
        return list(_rows(reader, typing))
    except csv.Error as error:
        return [TypedRow(lines[0], None, f"this is no CSV: {error}")]


def _header_problem(header: list[str], rows: int) -> str:
    if "seconds" not in header:
        return "the first line names the columns, seconds among them"
    if len(set(header)) < len(header):
        return "a column stands twice"
    return f"at most {MOST_ROWS} rows are read" if rows > MOST_ROWS else ""


def _rows(reader: "csv.DictReader[str]", typing: Typing) -> Iterator[TypedRow]:
    for number, row in enumerate(reader, start=1):
        shown = ", ".join(str(value) for value in row.values())
        if None in row or None in row.values():
            yield TypedRow(shown, None, "it has more or fewer cells than the header")
            continue
        cells = {name: value.strip() for name, value in row.items() if value.strip()}
        try:
            events = call_events(
                {name: value for name, value in cells.items() if name not in ("seconds", "calls")},
                number=_whole(cells.get("calls", "1")),
                seconds=_seconds(cells.get("seconds", "")),
                typing=typing,
                key=f"CSV row {number}",
            )
        except ValueError as error:
            yield TypedRow(shown, None, str(error))
        else:
            yield TypedRow(shown, None, "", events)


def _whole(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_EVENTS)):
        return int(text)
    raise ValueError(f"'{text[:40]}' is no number of calls up to {MOST_EVENTS:,}")


def _seconds(text: str) -> Decimal:
    try:
        return exact_decimal(text)
    except NotExact as error:
        raise ValueError(f"seconds: {error}") from error
