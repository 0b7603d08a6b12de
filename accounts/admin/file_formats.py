"""
Files that staff import and export: CSV and XLSX, every cell as the text it shows.

A text that a spreadsheet would calculate goes out behind an apostrophe, and comes in without it.
"""

import csv
import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import BadZipFile, ZipFile

import openpyxl
import tablib
from import_export.formats import base_formats
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 100
_MOST_UNPACKED_BYTES = 20 * MOST_BYTES
# A spreadsheet keeps this many digits of a number; what has more is not what was typed.
_KEPT_DIGITS = 15
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class UnreadableFile(ValueError):
    """The file is not one that can be imported; the words say why."""


class SafeCells(base_formats.TablibFormat):
    """What is exported calculates nothing where it is opened; numbers stay numbers."""

    def _escape_formulae(self, dataset: tablib.Dataset) -> None:
        # The library's takes the sign away, so that the file would come back as another text.
        for _ in range(len(dataset)):
            dataset.append([_safe_text(str(cell)) for cell in dataset.lpop()])


class TextCsv(SafeCells, base_formats.CSV):
    """CSV in UTF-8."""

    def create_dataset(self, in_stream: bytes | str, **kwargs: object) -> tablib.Dataset:
        """
        Return the rows as text.

        :raises UnreadableFile:
        """
        try:
            text = in_stream.decode("utf-8-sig") if isinstance(in_stream, bytes) else in_stream
        except UnicodeDecodeError as error:
            raise UnreadableFile("This is no CSV in UTF-8; save it as 'CSV UTF-8'.") from error
        try:
            rows = list(csv.reader(StringIO(text, newline=""), delimiter=_comma(text), strict=True))
        except csv.Error as error:
            raise UnreadableFile(f"This is no CSV: {error}.") from error
        return _dataset(rows)


class TextXlsx(SafeCells, base_formats.XLSX):
    """The first sheet of a workbook; numbers become the text that was typed, or are refused."""

    def export_data(self, dataset: tablib.Dataset, **kwargs: object) -> bytes:
        """Return the workbook, without the control characters that none can hold."""
        for _ in range(len(dataset)):
            dataset.append([ILLEGAL_CHARACTERS_RE.sub("", str(cell)) for cell in dataset.lpop()])
        written: bytes = super().export_data(dataset, **kwargs)
        return written

    def create_dataset(self, in_stream: bytes, **kwargs: object) -> tablib.Dataset:
        """
        Return the rows as text.

        :raises UnreadableFile:
        """
        rows = [
            [_cell_text(value, number, place) for place, value in enumerate(row, start=1)]
            for number, row in enumerate(_first_sheet(in_stream), start=1)
        ]
        return _dataset(rows)


def _first_sheet(workbook: bytes) -> list[tuple[object, ...]]:
    try:
        with ZipFile(BytesIO(workbook)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except BadZipFile as error:
        raise UnreadableFile("This is no XLSX workbook.") from error
    if unpacked > _MOST_UNPACKED_BYTES:
        raise UnreadableFile("This workbook is too large when it is unpacked.")
    limits = {"max_row": MOST_ROWS + 2, "max_col": MOST_COLUMNS + 1}
    try:
        book = openpyxl.load_workbook(BytesIO(workbook), read_only=True, data_only=True)
        return list(book.worksheets[0].iter_rows(values_only=True, **limits))
    except Exception as error:
        # A part that is broken makes the library stumble over whatever it meets first.
        raise UnreadableFile("This is no XLSX workbook.") from error


def _comma(text: str) -> str:
    """Return what parts the cells: spreadsheets of half of Europe write a semicolon."""
    headings = text.partition("\n")[0]
    return ";" if ";" in headings and "," not in headings else ","


def _dataset(rows: list[list[str]]) -> tablib.Dataset:
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    if len(kept) < 2:
        raise UnreadableFile("The file has no rows below its headings.")
    headings = [heading.strip() for heading in kept[0]]
    while headings and not headings[-1]:
        headings.pop()
    if not all(headings):
        raise UnreadableFile("A column has no heading.")
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    if twice:
        raise UnreadableFile(f"The column '{twice[0]}' stands twice.")
    if len(headings) > MOST_COLUMNS:
        raise UnreadableFile(f"A file has at most {MOST_COLUMNS} columns.")
    if len(kept) - 1 > MOST_ROWS:
        raise UnreadableFile(f"A file has at most {MOST_ROWS:,} rows; split it.")
    dataset = tablib.Dataset(headers=headings)
    for number, row in enumerate(kept[1:], start=2):
        if any(cell.strip() for cell in row[len(headings) :]):
            raise UnreadableFile(f"Row {number} has more cells than there are headings.")
        if any("\x00" in cell for cell in row):
            raise UnreadableFile(f"Row {number} holds a character that cannot be stored.")
        cells = [_typed_text(cell) for cell in row]
        dataset.append([*cells, *[""] * len(headings)][: len(headings)])
    return dataset


def _safe_text(text: str) -> str:
    is_formula = text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula or _typed_text(text) != text else text


def _typed_text(text: str) -> str:
    """Return the text that `_safe_text` made safe; any other as it stands."""
    is_quoted = text.startswith("'") and text.lstrip("'").startswith(_FORMULA)
    return text[1:] if is_quoted else text


def _cell_text(value: object, row: int, column: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number_text(value, f"row {row}, column {column}")
    if isinstance(value, datetime):
        is_day = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if is_day else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _number_text(value: float, place: str) -> str:
    """Return the shortest text that is this number: what was typed, up to 15 digits."""
    number = Decimal(repr(value))
    if not number.is_finite() or len(number.normalize().as_tuple().digits) > _KEPT_DIGITS:
        raise UnreadableFile(
            f"The number in {place} is not kept exactly by a spreadsheet; "
            "format its column as text, or use CSV."
        )
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
