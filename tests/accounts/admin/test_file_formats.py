"""Files that staff import, read cell by cell."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import tablib

from accounts.admin.file_formats import MOST_ROWS, TextCsv, TextXlsx, UnreadableFile

_ROW = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<sheetData><row r="1">%s</row></sheetData></worksheet>'
)


def _book(*rows: Sequence[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def test_csv_is_text_also_with_a_mark_semicolons_and_blank_rows() -> None:
    data = "\ufeffname;rate\n\nUS;0.20\n;\nEU;\n".encode()

    dataset = TextCsv().create_dataset(data)

    assert dataset.headers == ["name", "rate"]
    assert list(dataset) == [("US", "0.20"), ("EU", "")]


def test_numbers_of_a_spreadsheet_become_the_text_that_was_typed() -> None:
    row = [0.1, 1e-7, 0.000000000001, 12, 1.10, True, None, date(2024, 11, 1), "0.20"]

    dataset = TextXlsx().create_dataset(_book([f"c{n}" for n in range(9)], row))

    assert list(dataset) == [
        ("0.1", "0.0000001", "0.000000000001", "12", "1.1", "yes", "", "2024-11-01", "0.20")
    ]


def test_a_number_that_a_spreadsheet_does_not_keep_exactly_is_refused_with_its_place() -> None:
    with pytest.raises(UnreadableFile, match=r"row 2, column 2 .* format its column as text"):
        TextXlsx().create_dataset(_book(["name", "rate"], ["US", 1 / 3]))


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "no rows below its headings"),
        (b"name\n", "no rows below its headings"),
        (b"name,,rate\nUS,,1\n", "A column has no heading"),
        (b"name,name\nUS,1\n", "The column 'name' stands twice"),
        (b"name\nUS,1\n", "Row 2 has more cells than there are headings"),
        (b"name\nU\x00S\n", "Row 2 holds a character that cannot be stored"),
        (b"name\n\xff\xfe\n", "no CSV in UTF-8"),
        (b'name\n"US\n', "This is no CSV"),
        (b"name\n" + b"US\n" * (MOST_ROWS + 1), "at most 5,000 rows"),
        (b",".join(b"c%d" % n for n in range(101)) + b"\n1\n", "at most 100 columns"),
    ],
)
def test_a_csv_that_cannot_be_read_says_why(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        TextCsv().create_dataset(data)


def test_numbers_are_exported_as_they_are_also_negative_ones() -> None:
    dataset = tablib.Dataset(["-0.25", "-1-1", "12"], headers=["rate", "name", "count"])

    assert TextCsv().export_data(dataset).splitlines()[1] == "-0.25,'-1-1,12"


@pytest.mark.parametrize(
    "part, content",
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"),
        ("xl/worksheets/sheet1.xml", _ROW % b'<c r="A1" t="d"><v>no date</v></c>'),
        ("xl/worksheets/sheet1.xml", _ROW % b'<c r="A1" t="n"><v>abc</v></c>'),
        ("xl/workbook.xml", b"<<<"),
    ],
)
def test_a_workbook_with_a_broken_part_is_none(part: str, content: bytes) -> None:
    broken = BytesIO()
    with ZipFile(BytesIO(_book(["name"], ["US"]))) as parts, ZipFile(broken, "w") as written:
        for name in parts.namelist():
            written.writestr(name, content if name == part else parts.read(name))

    with pytest.raises(UnreadableFile, match="This is no XLSX workbook"):
        TextXlsx().create_dataset(broken.getvalue())


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"name\nUS\n"])
def test_what_is_no_workbook_is_said(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="This is no XLSX workbook"):
        TextXlsx().create_dataset(data)
