"""Lines keep their numbers and places, however many blank ones stand between them."""

import io

import pytest

from tests.usage.files.reading import rows_of
from usage.files.lines import Line, Lines


@pytest.mark.parametrize("blank", [1, 63, 64, 65, 200_000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_blank_lines_are_counted_and_not_read_as_rows(blank: int, end: bytes) -> None:
    csv = b"a,b\n1,2\n" + end * blank + b"3,4\n" + end * blank + b"5,6"
    ndjson = b'{"a":1}\n' + end * blank + b'{"a":2}\n' + end * blank + b'{"a":3}'

    assert rows_of(csv) == [
        (2, ["1", "2"]),
        (3 + blank, ["3", "4"]),
        (4 + 2 * blank, ["5", "6"]),
    ]
    assert [number for number, _ in rows_of(ndjson)] == [1, 2 + blank, 3 + 2 * blank]


def test_the_byte_at_which_a_line_begins_counts_those_passed_over() -> None:
    lines = Lines(io.BufferedReader(io.BytesIO(b"\n" * 100_000 + b"x\n")))
    taken: list[Line] = []
    for line in lines:
        taken.append(line)
        if line.data == b"\n":
            lines.pass_blank()

    assert taken[-1] == Line(100_001, 100_000, b"x\n")
    assert len(taken) < 100


def test_blank_lines_in_a_quoted_cell_are_part_of_it() -> None:
    text = b"x" + b"\n" * 500 + b"y"

    assert rows_of(b'a,b\n1,"' + text + b'"\n') == [(2, ["1", text.decode()])]


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n" + b"x," * 200_001 + b"\n1,2\n",
        b"a,b\n" + b'"",' * 200_001 + b"\n1,2\n",
        b'{"a":0,"b":0}\n{"a":[' + b"1," * 200_001 + b'1]}\n{"a":"1","b":"2"}\n',
    ],
)
def test_a_row_of_too_many_values_costs_itself_alone(content: bytes) -> None:
    rows = rows_of(content)

    assert (rows[-2][1], rows[-1][0]) == ("too_many_values", 3)
