"""Files in memory, read as a worker reads them."""

import io
from collections.abc import Sequence
from typing import Any

from usage.files.encodings import Encoding
from usage.files.open_table import Reading, inspect, open_table
from usage.files.rows import BadRow, Row, Unreadable

Read = list[Any]


def read(
    content: bytes,
    *,
    encoding: Encoding | None = None,
    delimiter: str = "",
    behind_row: int = 0,
) -> tuple[tuple[str, ...] | None, Read]:
    """
    Return the headings and what the rows are: (number, cells) of good ones, (number, code) of bad.

    A file that breaks off ends with ("unreadable", row, code).
    """
    reading = reading_of(content)
    if encoding is not None:
        reading = Reading(reading.format, reading.is_gzip, encoding, delimiter)
    found: Read = []
    columns = None
    try:
        with open_table(
            io.BytesIO(content), reading, size_bytes=len(content), behind_row=behind_row
        ) as table:
            columns = table.columns
            found.extend(_told(row) for row in table.rows)
    except Unreadable as error:
        found.append(("unreadable", error.row, error.code))
    return columns, found


def reading_of(content: bytes) -> Reading:
    """Return what a file is, by its first bytes."""
    return inspect(io.BytesIO(content), size_bytes=len(content))


def rows_of(content: bytes, **options: Any) -> Read:
    """Return what the rows of a file are."""
    return read(content, **options)[1]


def bad_rows(content: bytes, **options: Any) -> Sequence[tuple[int, str]]:
    """Return (number, code) of the rows that cannot be read."""
    return [row for row in rows_of(content, **options) if isinstance(row[1], str)]


def _told(row: Row | BadRow) -> tuple[int, Any]:
    return (row.number, row.code if isinstance(row, BadRow) else row.cells)
