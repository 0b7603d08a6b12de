"""NDJSON: a JSON object on each line."""

from collections.abc import Iterator
from typing import BinaryIO

from usage.files.encodings import BOM
from usage.files.formats.json_row import json_row
from usage.files.limits import LONGEST_LINE_BYTES
from usage.files.lines import lines_of
from usage.files.rows import BadRow, Row, Table

_TOO_LONG = f"the line is longer than {LONGEST_LINE_BYTES // 2**20} MB"


def read_ndjson(stream: BinaryIO) -> Table:
    """Return the objects; the stream is at the beginning of the file."""
    return Table(None, _rows(stream))


def _rows(stream: BinaryIO) -> Iterator[Row | BadRow]:
    for line in lines_of(stream):
        if line.data is None:
            yield BadRow(line.number, "line_too_long", _TOO_LONG)
            continue
        data = line.data.removeprefix(BOM) if line.number == 1 else line.data
        data = data.strip()
        if data:
            yield json_row(data, number=line.number)
