"""NDJSON: a JSON object on each line."""

import io
from collections.abc import Iterator

from usage.files.encodings import BOM
from usage.files.formats.json_row import json_row
from usage.files.limits import LONGEST_LINE_BYTES
from usage.files.lines import Lines
from usage.files.rows import BadRow, Row, Table

_TOO_LONG = f"the line is longer than {LONGEST_LINE_BYTES // 2**20} MB"


def read_ndjson(stream: io.BufferedReader) -> Table:
    """Return the objects; the stream is at the beginning of the file."""
    return Table(None, _rows(stream))


def _rows(stream: io.BufferedReader) -> Iterator[Row | BadRow]:
    lines = Lines(stream)
    for line in lines:
        if line.data is None:
            yield BadRow(line.number, "line_too_long", _TOO_LONG)
            continue
        data = line.data.removeprefix(BOM) if line.number == 1 else line.data
        data = data.strip()
        if data:
            yield json_row(data, number=line.number)
        else:
            lines.pass_blank()
