"""Files that staff import: CSV and XLSX of bounded size, every cell as the text it shows."""

import csv
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import BadZipFile, ZipFile

import openpyxl
import tablib
from import_export.formats import base_formats
from openpyxl.utils.exceptions import InvalidFileException

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 100
_MOST_UNPACKED_BYTES = 20 * MOST_BYTES
# A spreadsheet keeps this many digits of a number; what has more is not what was typed.
_KEPT_DIGITS = 15


class UnreadableFile(ValueError):
    """The file is not one that can be imported; the words say why."""


class TextCsv(base_formats.CSV):
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


class TextXlsx(base_formats.XLSX):
    """The first sheet of a workbook; numbers become the text that was typed, or are refused."""

    def create_dataset(self, in_stream: bytes, **kwargs: object) -> tablib.Dataset:
        """
        Return the rows as text.

        :raises UnreadableFile:
        """
        try:
            with ZipFile(BytesIO(in_stream)) as parts:
                unpacked = sum(part.file_size for part in parts.infolist())
            if unpacked > _MOST_UNPACKED_BYTES:
                raise UnreadableFile("This workbook is too large when it is unpacked.")
            book = openpyxl.load_workbook(BytesIO(in_stream), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            limits = {"max_row": MOST_ROWS + 2, "max_col": MOST_COLUMNS + 1}
            rows = [
                [_cell_text(value, number, place) for place, value in enumerate(row, start=1)]
                for number, row in enumerate(sheet.iter_rows(values_only=True, **limits), start=1)
            ]
        except (BadZipFile, InvalidFileException, KeyError, IndexError, OSError) as error:
            raise UnreadableFile("This is no XLSX workbook.") from error
        return _dataset(rows)


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
        dataset.append([*row, *[""] * len(headings)][: len(headings)])
    return dataset


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
