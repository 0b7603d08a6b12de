"""CSV: every mistake costs its own line, and says where it is."""

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.usage.files.reading import bad_rows, read, rows_of
from tests.usage.uploads import csv_bytes
from usage.files.encodings import Encoding
from usage.files.formats.csv_rows import named_columns, read_csv
from usage.files.limits import LONGEST_LINE_BYTES
from usage.files.rows import Unreadable

HEAD = b"a,b\n"
MEGABYTE = 2**20


@pytest.mark.parametrize(
    "content,rows",
    [
        (b"1,2\n", [(2, ["1", "2"])]),
        (b"1,2", [(2, ["1", "2"])]),
        (b"1,2\r\n3,4\r\n", [(2, ["1", "2"]), (3, ["3", "4"])]),
        (b'"1","2"\n', [(2, ["1", "2"])]),
        (b'"1, one","2 ""two"""\n', [(2, ["1, one", '2 "two"'])]),
        (b'"1\nx",2\n3,4\n', [(2, ["1\nx", "2"]), (4, ["3", "4"])]),
        (b'12" pipe,2\n', [(2, ['12" pipe', "2"])]),
        (b"\n1,2\n\n\n3,4\n", [(3, ["1", "2"]), (6, ["3", "4"])]),
        (b",\n1,2\n,,,\n", [(3, ["1", "2"])]),
        (b"1,\n", [(2, ["1", ""])]),
        (b"1,2,,\n", [(2, ["1", "2"])]),
        (b"=1+1,@x\n", [(2, ["=1+1", "@x"])]),
        ("é,日本\n".encode(), [(2, ["é", "日本"])]),
        (b" 1 , 2 \n", [(2, [" 1 ", " 2 "])]),
    ],
)
def test_rows_are_read_as_they_are_written(content: bytes, rows: object) -> None:
    assert rows_of(HEAD + content) == rows


@pytest.mark.parametrize(
    "line,code",
    [
        (b'"1,2', "quoting"),
        (b'1,"2', "quoting"),
        (b'"1"x,2', "quoting"),
        (b'"1" ,2', "quoting"),
        (b'"1""",2"", "', "wrong_width"),
        (b"1", "wrong_width"),
        (b"1,2,3", "wrong_width"),
        (b"1;2", "wrong_width"),
        (b"1\x00,2", "nul"),
        (b'"1\x00",2', "nul"),
        (b"1,\xff", "encoding"),
        (b"1,\xe9", "encoding"),
        (b"\xed\xa0\x80,2", "encoding"),
        (b"1\rx,2", "quoting"),
        (b"x" * 200_000 + b',"2', "quoting"),
        (b'"' + b"x" * 200_000 + b'",2', "quoting"),
        (b"," * 100_000 + b"x", "wrong_width"),
        (b"x" * (LONGEST_LINE_BYTES + 1), "line_too_long"),
    ],
)
def test_a_bad_line_costs_itself_alone(line: bytes, code: str) -> None:
    rows = rows_of(HEAD + b"0,0\n" + line + b"\n3,4\n5,6\n")

    assert rows == [(2, ["0", "0"]), (3, code), (4, ["3", "4"]), (5, ["5", "6"])]


def test_a_quote_that_is_never_closed_gives_up_its_first_line() -> None:
    lines = b"".join(b"%d,x\n" % number for number in range(3000))

    rows = rows_of(HEAD + b'"1,2\n' + lines)

    assert rows[0] == (2, "quoting")
    assert rows[1:] == [(number + 3, [str(number), "x"]) for number in range(3000)]


def test_a_bad_line_inside_quotes_ends_them() -> None:
    assert rows_of(HEAD + b'1,"2\n\xff\n3,4\n') == [
        (2, "quoting"),
        (3, "encoding"),
        (4, ["3", "4"]),
    ]


@pytest.mark.parametrize(
    "heading,delimiter",
    [(b"a;b", b";"), (b"a\tb", b"\t"), (b"a|b", b"|"), (b'"a,x,y";b', b";")],
)
def test_the_delimiter_is_told_by_the_headings(heading: bytes, delimiter: bytes) -> None:
    assert rows_of(heading + b"\n1" + delimiter + b"2\n") == [(2, ["1", "2"])]


@pytest.mark.parametrize(
    "content,code",
    [
        (b"a,a\n1,2\n", "duplicate_heading"),
        (b"a,b,a\n", "duplicate_heading"),
        (b",".join(b"c%d" % i for i in range(1001)) + b"\n", "too_many_columns"),
        (b"x" * 201 + b",b\n", "long_heading"),
        (b"a\x00,b\n", "nul"),
        (b"\xe9t\xe9,b\n", "encoding"),
        (b"a,b\r1,2\r", "line_ends"),
        (b"x" * (LONGEST_LINE_BYTES + 1), "line_too_long"),
        (b'"a,b\n1,2\n', "quoting"),
        (b"a\x00\x00b\x00\n\x00", "nul"),
    ],
)
def test_headings_that_cannot_be_are_said_at_once(content: bytes, code: str) -> None:
    assert rows_of(content) in ([("unreadable", 1, code)], [("unreadable", 0, code)])


def test_a_column_without_a_heading_is_called_by_its_place() -> None:
    assert read(b"a,,c\n1,2,3\n")[0] == ("a", "column 2", "c")


@pytest.mark.parametrize("content", [b"a,b", b"a,b\n", b"a,b\n\n\n", b"\n\na,b\n"])
def test_a_file_of_headings_alone_has_no_rows(content: bytes) -> None:
    assert read(content) == (("a", "b"), [])


def test_a_byte_order_mark_is_no_part_of_a_heading() -> None:
    assert read(b"\xef\xbb\xbfa,b\n1,2\n") == (("a", "b"), [(2, ["1", "2"])])


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_told_by_its_byte_order_mark(name: str) -> None:
    mark = "" if name == "utf-16" else "\ufeff"

    assert read(f"{mark}a\tb\r\né\t2\r\n".encode(name)) == (("a", "b"), [(2, ["é", "2"])])


def test_windows_1252_is_taken_where_somebody_says_so() -> None:
    content = HEAD + "café,€\n".encode("cp1252")

    assert bad_rows(content) == [(2, "encoding")]
    assert rows_of(content, encoding=Encoding.WINDOWS_1252) == [(2, ["café", "€"])]


def test_a_place_in_bytes_says_where_the_text_is_broken() -> None:
    import io

    from usage.files.formats.csv_rows import read_csv
    from usage.files.rows import BadRow

    table = read_csv(io.BufferedReader(io.BytesIO(HEAD + b"1,2\nab\xff,4\n")), encoding="utf-8")
    bad = [row for row in table.rows if isinstance(row, BadRow)]

    assert [row.reason for row in bad] == ["byte 3 of the line (byte 11 of the file) is not UTF-8"]


@pytest.mark.parametrize("last", [0, 1, 2, 3, 5])
def test_reading_goes_on_behind_a_row(last: int) -> None:
    content = HEAD + b'1,2\n"3\n3",4\nx\n5,6\n'
    every = rows_of(content)

    assert rows_of(content, behind_row=last) == [row for row in every if row[0] > last]
    assert rows_of(gzip.compress(content), behind_row=last) == rows_of(content, behind_row=last)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=12),
            min_size=2,
            max_size=2,
        ).filter(any),
        max_size=8,
    )
)
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]]) -> None:
    read_back = [row[1] for row in rows_of(csv_bytes(rows, ("a", "b")))]

    assert read_back == rows


def test_quoting_that_is_broken_all_over_ends_the_file() -> None:
    # As a first line it opens a quotation mark, inside of one it closes it and opens the next.
    line = b"x" * 4000 + b'","c\n'

    rows = rows_of(HEAD + line * 1100)

    assert rows[-1][0] == "unreadable"
    assert rows[-1][2] == "quoting"
    assert len(rows) < 100


def test_columns_without_headings_at_the_end_are_none() -> None:
    assert read(b"a,b,,\n1,2,,\n") == (("a", "b"), [(2, ["1", "2"])])


@pytest.mark.parametrize(
    "heading, code", [("b\ud800", "encoding"), ("b\x00", "nul")], ids=["half", "NUL"]
)
def test_what_no_database_keeps_is_no_heading(heading: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        named_columns(["a", heading], row=3)

    assert (refused.value.code, refused.value.row) == (code, 3)


def test_lines_without_anything_are_no_file() -> None:
    with pytest.raises(Unreadable) as refused:
        read_csv(io.BufferedReader(io.BytesIO(b"\n \r\n")), encoding=Encoding.UTF_8)

    assert refused.value.code == "empty"


def test_behind_the_last_row_there_is_none() -> None:
    assert rows_of(HEAD + b"1,2\n", behind_row=9) == []
