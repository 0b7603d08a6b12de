"""Tables for spreadsheets: streamed as they are read, and safe to open."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain

from django.http import StreamingHttpResponse

from values.exact import plain

Cell = str | int | Decimal | date | datetime | None
# What a spreadsheet takes for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(
    *, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """
    Return a download of that name; its rows are read while they go out.

    Texts that a spreadsheet would calculate get an apostrophe in front; numbers stay numbers,
    also negative ones. Times are RFC 3339 in UTC.
    """
    return StreamingHttpResponse(
        _written(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def cell_text(cell: Cell) -> str:
    """Return a cell as it is written."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(cell, Decimal):
        return plain(cell)
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA) else text


def cell_before(text: str) -> str:
    """Return the text of a cell before it got an apostrophe in front, as people copy it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


class _Echo:
    """What the csv module writes a line to, to get it back."""

    def write(self, line: str) -> str:
        return line


def _written(header: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    for row in chain([header], rows):
        yield writer.writerow([cell_text(cell) for cell in row])
