"""The rows of a sheet."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile

from usage.files.formats.csv_rows import named_columns
from usage.files.formats.xlsx.cell import Value, column_of, value_of
from usage.files.formats.xlsx.workbook import Workbook, elements, open_workbook
from usage.files.limits import MOST_COLUMNS
from usage.files.rows import BadRow, Row, Table, Unreadable, Unusable
from usage.files.watched import Watch

_BROKEN = (ParseError, BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError)


def read_xlsx(stream: BinaryIO, *, watch: Watch) -> Table:
    """
    Return the table of the first sheet; its first row that is not blank names the columns.

    :raises Unreadable: it is no workbook, the sheet is empty, or a name stands twice.
    """
    book = open_workbook(stream, watch=watch)
    rows = _all_rows(book)
    head = next(rows, None)
    if head is None:
        raise Unreadable("empty", "the sheet is empty")
    if isinstance(head, BadRow):
        raise Unreadable(head.code, head.reason, row=head.number)
    columns = named_columns(list(map(_heading, head.cells)), row=head.number)
    return Table(columns, _below(rows, columns))


def _heading(cell: object) -> str:
    return "" if cell is None or isinstance(cell, Unusable) else str(cell)


def _below(rows: Iterator[Row | BadRow], columns: tuple[str, ...]) -> Iterator[Row | BadRow]:
    width = len(columns)
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        cells = list(row.cells)
        if any(cell not in (None, "") for cell in cells[width:]):
            reason = f"the row has {len(cells)} values, the heading {width} columns"
            yield BadRow(row.number, "wrong_width", reason)
            continue
        yield Row(row.number, cells[:width] + [None] * (width - len(cells)))


def _all_rows(book: Workbook) -> Iterator[Row | BadRow]:
    """Yield every row that is not blank."""
    number = 0
    try:
        for element in elements(book.parts, book.sheet, "row", watch=book.watch):
            said = _number_of(element, number + 1)
            if said <= number:
                # Reading goes on behind a number: none may come twice.
                number += 1
                yield BadRow(number, "broken_row", f"the row says that it is row {said}, again")
                continue
            row = _row(element, said, book)
            number = said
            if isinstance(row, BadRow) or any(cell not in (None, "") for cell in row.cells):
                yield row
    except Unreadable as error:
        raise Unreadable(error.code, error.reason, row=number + 1) from error
    except _BROKEN as error:
        reason = f"the sheet is broken: {error}"
        raise Unreadable("broken_xlsx", reason, row=number + 1) from error


def _number_of(element: Element, following: int) -> int:
    said = element.get("r", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else following


def _row(element: Element, number: int, book: Workbook) -> Row | BadRow:
    cells: list[Value] = []
    for cell in element:
        column = column_of(cell, len(cells))
        if column < len(cells):
            return BadRow(number, "broken_row", "a cell of the row stands twice")
        if column >= MOST_COLUMNS:
            reason = f"the row goes beyond {MOST_COLUMNS} columns"
            return BadRow(number, "too_many_columns", reason)
        cells += [None] * (column - len(cells))
        cells.append(value_of(cell, book))
    return Row(number, cells)
