"""Workbooks: every cell as it was typed, and nothing that fills a disk."""

import gzip
import hashlib
import io
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from tests.usage.files.reading import read, rows_of
from usage.files.cells import as_seconds
from usage.files.formats.xlsx import workbook as workbook_parts
from usage.files.rows import Unusable

MIDNIGHT = datetime(2024, 11, 5)  # noqa: DTZ001  cells know no zone
MOMENT = datetime(2024, 11, 5, 10, 30, 15, 250_000)  # noqa: DTZ001
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(*rows: list[Any], **options: Any) -> bytes:
    """Return a workbook as openpyxl writes it."""
    book = openpyxl.Workbook(**options)
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_sheet(xml: str, **parts: bytes) -> bytes:
    """Return a workbook whose sheet is this text, and further parts replaced."""
    replaced = {"xl/worksheets/sheet1.xml": xml.encode()}
    replaced |= {name.replace("__", "/"): content for name, content in parts.items()}
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["a", "b"], ["x", "y"]))) as source,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, replaced.pop(name, b"") or source.read(name))
        for name, part in replaced.items():
            target.writestr(name, part)
    return content.getvalue()


def sheet(*rows: str) -> str:
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
    return f"<worksheet {SPACE}><sheetData>{head}{''.join(rows)}</sheetData></worksheet>"


def cell(xml: str) -> Any:
    """Return what is read of one cell."""
    rows = rows_of(with_sheet(sheet(f'<row r="2">{xml}</row>')))
    found = rows[0][1] if isinstance(rows[0][1], str) else rows[0][1][0]
    return found.code if isinstance(found, Unusable) else found


def test_cells_are_what_was_typed() -> None:
    content = workbook(
        ["text", "number", "flag", "day", "moment", "empty"],
        ["+1 312", 12, True, date(2024, 11, 5), MOMENT, None],
        ["=1+1 no formula'", 0.1, False, None, time(1, 2, 3), None],
    )

    columns, rows = read(content)

    assert columns == ("text", "number", "flag", "day", "moment", "empty")
    assert rows[0] == (
        2,
        ["+1 312", Decimal(12), True, MIDNIGHT, MOMENT, None],
    )
    assert [str(value) for value in rows[0][1][1:2]] == ["12"]


@pytest.mark.parametrize(
    "written,number",
    [
        ("0.1", "0.1"),
        ("1.1000000000000001", "1.1"),
        ("0.30000000000000004", "inexact"),
        ("14155550123", "14155550123"),
        ("123456789012345", "123456789012345"),
        ("1.2345678901234568E+17", "inexact"),
        ("1E3", "1000"),
        ("1.5E-3", "0.0015"),
        ("-7", "-7"),
        ("1E999", "bad_value"),
        ("NaN", "bad_value"),
        ("1_000", "bad_value"),
        ("٣", "bad_value"),
    ],
)
def test_numbers_are_taken_from_their_text(written: str, number: str) -> None:
    assert str(cell(f'<c r="A2"><v>{written}</v></c>')) == number


@pytest.mark.parametrize(
    "xml,value",
    [
        ('<c r="A2" t="e"><v>#N/A</v></c>', "error_value"),
        ('<c r="A2" t="str"><f>A1</f><v>found</v></c>', "found"),
        ('<c r="A2"><f>1+1</f><v>2</v></c>', Decimal(2)),
        ('<c r="A2"><f>1+1</f></c>', "formula"),
        ('<c r="A2" t="s"><v>999</v></c>', "broken_cell"),
        ('<c r="A2" t="s"><v>-1</v></c>', "broken_cell"),
        ('<c r="A2" t="s"><v>x</v></c>', "broken_cell"),
        ('<c r="A2" t="b"><v>1</v></c>', True),
        ('<c r="A2" t="d"><v>2024-11-05T10:00:00Z</v></c>', "2024-11-05T10:00:00Z"),
        ('<c r="A2" t="inlineStr"><is><r><t>two </t></r><r><t>parts</t></r></is></c>', "two parts"),
        ('<c r="A2" t="inlineStr"><is><t>a_x0041_</t></is></c>', "aA"),
        ('<c t="inlineStr"><is><t>without a place</t></is></c>', "without a place"),
        ('<c r="A2" t="inlineStr"><is><t>1</t></is></c><c r="A2"><v>2</v></c>', "broken_row"),
        ('<c r="A2"><v>1</v></c><c r="ZZZ2"><v>2</v></c>', "too_many_columns"),
        ('<c r="A2"><v>1</v></c><c r="B2"><v>2</v></c>', "wrong_width"),
    ],
)
def test_every_kind_of_cell(xml: str, value: object) -> None:
    assert cell(xml) == value


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    content = workbook(["a"], [None], ["x"], [""], ["y"])

    assert rows_of(content) == [(3, ["x"]), (5, ["y"])]


def test_days_of_1904_begin_four_years_later() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert book.active is not None
    book.active.append(["day"])
    book.active.append([datetime(2024, 11, 5, 10, 0)])  # noqa: DTZ001
    content = io.BytesIO()
    book.save(content)

    assert rows_of(content.getvalue()) == [(2, [datetime(2024, 11, 5, 10, 0)])]  # noqa: DTZ001


def test_the_first_sheet_that_is_shown_is_read() -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["hidden"])
    hidden.sheet_state = "hidden"
    book.create_sheet("shown").append(["a"])
    book.worksheets[1].append(["x"])
    content = io.BytesIO()
    book.save(content)

    assert read(content.getvalue()) == (("a",), [(2, ["x"])])


def test_a_workbook_packed_by_gzip_is_read_too() -> None:
    content = workbook(["a"], ["x"])

    assert read(gzip.compress(content)) == read(content)


@pytest.mark.parametrize(
    "content,code",
    [
        (b"PK\x03\x04 nothing", "broken_xlsx"),
        (workbook(["a"], ["x"])[:-100], "broken_xlsx"),
        (workbook(["a"], ["x"])[:300], "broken_xlsx"),
        (workbook(), "empty"),
        (workbook(["a", "a"]), "duplicate_heading"),
        (with_sheet("<worksheet><sheetData><row>"), "broken_xlsx"),
        (with_sheet("no xml"), "broken_xlsx"),
        (with_sheet(f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet {SPACE}/>'), "broken_xlsx"),
        (with_sheet(sheet(), xl__workbook=b"", **{"xl/workbook.xml": b"<x/>"}), "empty"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, code: str) -> None:
    assert [row[2] for row in rows_of(content)] == [code]


def test_another_zip_is_no_workbook() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("../../etc/passwd", "x")

    assert rows_of(content.getvalue()) == [("unreadable", 0, "not_xlsx")]


def test_rows_before_a_break_are_kept() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 5))
    broken = sheet(rows).replace("</sheetData></worksheet>", "<row><c><<<")

    assert rows_of(with_sheet(broken)) == [
        (2, [Decimal(2)]),
        (3, [Decimal(3)]),
        (4, [Decimal(4)]),
        ("unreadable", 5, "broken_xlsx"),
    ]


def test_a_billion_laughs_are_not_heard() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<?xml version="1.0"?>{" " * 5000}<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'

    rows = rows_of(with_sheet(laughs + sheet('<row r="2"><c r="A2"><v>&l9;</v></c></row>')[0:]))

    assert [row[2] for row in rows] == ["broken_xlsx"]


def test_a_bomb_is_told_by_what_its_parts_say() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range(100):
                part.write(b" " * 2**20)

    assert rows_of(content.getvalue()) == [("unreadable", 0, "too_large")]


def test_too_many_parts_are_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(2001):
            archive.writestr(f"xl/part{number}.xml", b"")

    assert rows_of(content.getvalue()) == [("unreadable", 0, "too_large")]
    lying = bytearray(content.getvalue())
    end = lying.rindex(b"PK\x05\x06")
    lying[end + 8 : end + 12] = b"\x01\x00\x01\x00"
    assert rows_of(bytes(lying)) == [("unreadable", 0, "too_large")]


def test_a_row_whose_number_does_not_grow_costs_itself_alone() -> None:
    rows = "".join(f'<row r="{n}"><c><v>{n}</v></c></row>' for n in (3, 2, 3, 9, 10))
    content = with_sheet(sheet(rows))
    every = [
        (3, [Decimal(3)]),
        (4, "broken_row"),
        (5, "broken_row"),
        (9, [Decimal(9)]),
        (10, [Decimal(10)]),
    ]

    assert rows_of(content) == every
    assert rows_of(content, behind_row=4) == every[2:]


def test_more_cells_than_columns_end_the_sheet_at_their_row() -> None:
    rows = '<row r="2"><c><v>1</v></c></row><row r="3">' + "<c/>" * 1001 + "</row>"

    assert rows_of(with_sheet(sheet(rows))) == [
        (2, [Decimal(1)]),
        ("unreadable", 3, "too_many_columns"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c>' + "<x/>" * 300_001 + "</c></row>",
        '<row r="2"><c t="str"><v>' + "x" * (17 * 2**20) + "</v></c></row>",
    ],
)
def test_a_row_that_is_too_large_is_not_held(row: str) -> None:
    assert rows_of(with_sheet(sheet(row))) == [("unreadable", 2, "too_large")]


def test_a_document_type_is_found_in_every_encoding() -> None:
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><worksheet {SPACE}/>'

    rows = rows_of(with_sheet("", **{"xl/worksheets/sheet1.xml": text.encode("utf-16")}))

    assert [row[2] for row in rows] == ["broken_xlsx"]


def test_half_of_a_character_is_no_text() -> None:
    assert cell('<c r="A2" t="inlineStr"><is><t>a_xD800_</t></is></c>') == "broken_cell"


def test_the_list_of_parts_is_not_read_where_it_is_too_long() -> None:
    content = bytearray(workbook(["a"], ["x"]))
    end = content.rindex(b"PK\x05\x06")
    content[end + 12 : end + 16] = (2**30).to_bytes(4, "little")

    assert rows_of(bytes(content)) == [("unreadable", 0, "too_large")]


def test_durations_are_read_as_the_cells_show_them() -> None:
    content = workbook(["talked", "waited"], [timedelta(hours=26, seconds=184), time(0, 1, 2)])

    ((_, (talked, waited)),) = rows_of(content)

    assert talked == "26:03:04"
    assert as_seconds(talked, decimal_comma=False) == Decimal(26 * 3600 + 184)
    assert as_seconds(waited, decimal_comma=False) == Decimal(62)


def styled(value: float, number_format: str) -> bytes:
    """Return a workbook with one cell of this number, shown so."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["a"])
    book.active.append([value])
    book.active["A2"].number_format = number_format
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("value", [-1, 3_000_000])
@pytest.mark.parametrize(
    "shown_as, code", [("yyyy-mm-dd", "not_a_time"), ("[h]:mm:ss", "bad_value")]
)
def test_dates_and_durations_beyond_the_calendar_are_refused(
    value: int, shown_as: str, code: str
) -> None:
    ((_, (found,)),) = rows_of(styled(value, shown_as))

    assert isinstance(found, Unusable)
    assert found.code == code


def test_a_number_beyond_all_measure_is_no_number() -> None:
    assert cell('<c r="A2"><v>1.23456789012345678E999</v></c>') == "bad_value"


def test_a_cell_that_is_only_painted_is_empty() -> None:
    painted = '<row r="2"><c r="A2" s="0"/></row><row r="3"><c r="A3"><v>1</v></c></row>'

    assert rows_of(with_sheet(sheet(painted))) == [(3, [Decimal(1)])]


def test_headings_that_cannot_be_read_end_the_sheet() -> None:
    row = '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>'
    content = with_sheet(f"<worksheet {SPACE}><sheetData>{row}</sheetData></worksheet>")

    assert rows_of(content) == [("unreadable", 1, "broken_row")]


def test_texts_are_shared_without_the_readings_of_signs() -> None:
    texts = (
        f"<sst {SPACE}><si><t>plain</t></si><si><r><rPr/><t>two </t></r><r><t>parts</t></r></si>"
        "<si><t>\u6771</t><rPh sb='0' eb='1'><t>higashi</t></rPh></si></sst>"
    )
    rows = "".join(
        f'<row r="{place + 2}"><c r="A{place + 2}" t="s"><v>{place}</v></c></row>'
        for place in range(3)
    )

    content = with_sheet(sheet(rows), **{"xl/sharedStrings.xml": texts.encode()})

    assert rows_of(content) == [(2, ["plain"]), (3, ["two parts"]), (4, ["\u6771"])]


def test_more_texts_than_are_held_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_parts, "MOST_SHARED_TEXTS", 1)
    texts = f"<sst {SPACE}><si><t>a</t></si><si><t>b</t></si></sst>"

    rows = '<row r="2"><c t="s"><v>0</v></c></row><row r="3"><c t="s"><v>1</v></c></row>'

    content = with_sheet(sheet(rows), **{"xl/sharedStrings.xml": texts.encode()})

    assert rows_of(content) == [(2, ["a"]), ("unreadable", 3, "too_large")]


@pytest.mark.parametrize("limit, most", [("LEAST_UNPACKED_BYTES", 10), ("MOST_WORKBOOK_PARTS", 3)])
def test_what_grows_beyond_measure_or_has_too_many_parts_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    content = with_sheet(sheet() + " " * 2**20)
    monkeypatch.setattr(workbook_parts, limit, most)

    assert rows_of(content) == [("unreadable", 0, "too_large")]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_texts_that_stand_twice_are_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for _ in range(2):
            archive.writestr("xl/sharedStrings.xml", b"<sst/>")

    assert rows_of(content.getvalue()) == [("unreadable", 0, "broken_xlsx")]


@pytest.mark.parametrize(
    "before", [" ", "<!--" + "x" * 2**21 + "-->"], ids=["nothing", "a comment"]
)
def test_a_part_that_does_not_begin_is_refused(before: str) -> None:
    assert [row[2] for row in rows_of(with_sheet(before))] == ["broken_xlsx"]


def test_a_workbook_without_styles_has_no_dates() -> None:
    whole, bare = io.BytesIO(styled(45601, "yyyy-mm-dd")), io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            if name != "xl/styles.xml":
                target.writestr(name, source.read(name))

    assert rows_of(bare.getvalue()) == [(2, [Decimal(45601)])]


def test_a_workbook_packed_by_gzip_that_breaks_off_is_refused() -> None:
    rows = [[hashlib.sha256(b"%d" % number).hexdigest()] for number in range(3_000)]
    packed = gzip.compress(workbook(["a"], *rows))

    assert rows_of(packed[:-20_000]) == [("unreadable", 0, "truncated")]
