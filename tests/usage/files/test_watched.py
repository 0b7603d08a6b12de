"""A first look at a file ends, whatever the file is made of; a watch sees all that is read."""

import gzip
import io
import random

import pytest

from tests.usage.files.hostile_files import (
    bracket_rows,
    empty_members,
    event,
    full_events,
    workbook_of,
)
from usage.files.limits import LONGEST_LINE_BYTES
from usage.files.open_table import inspect, open_table
from usage.files.rows import Unreadable
from usage.files.watched import FirstLook, Spent

HEADINGS = '<row><c t="inlineStr"><is><t>a</t></is></c></row>'
BLANK = "<row/>"
LOTS = 64 * 2**20


def looked_at(content: bytes) -> tuple[int, int]:
    """Return how many rows a first look yields, and how many bytes of the file it reads."""
    stream = io.BytesIO(content)
    reading = inspect(stream, size_bytes=len(content))
    stream.seek(0)
    rows = 0
    try:
        with open_table(stream, reading, size_bytes=len(content), watch=FirstLook()) as table:
            for _ in table.rows:
                rows += 1
    except Spent:
        return rows, stream.tell()
    pytest.fail("the whole file was read")


@pytest.mark.parametrize(
    "content,most_bytes",
    [
        pytest.param(b"a,b\n" + b"\n" * LOTS, 2**20, id="blank lines"),
        pytest.param(b"a,b\n" + b",\n" * (LOTS // 2), 2**20, id="blank rows"),
        pytest.param(b'{"a":1}\n' + b" \n" * (LOTS // 2), 2**20, id="blank lines of NDJSON"),
        pytest.param(b"a,b\n" + b"x" * LOTS, 16 * 2**20, id="a long line"),
        pytest.param(b"[" + b"[]," * (LOTS // 3), 2**21, id="lists of a list"),
        pytest.param(b'[{"a":' + b'""' * (LOTS // 2), 4 * 2**20, id="texts"),
        pytest.param(full_events(b"{},", rows=60), 2**21, id="objects"),
        pytest.param(bracket_rows(rows=16), 2**20, id="brackets"),
        pytest.param(gzip.compress(b"a,b\n" + b"\n" * LOTS), 2**15, id="blank lines, packed"),
    ],
)
def test_a_first_look_ends_soon(content: bytes, most_bytes: int) -> None:
    assert looked_at(content)[1] <= most_bytes


def test_a_first_look_passes_over_few_blank_rows_of_a_workbook() -> None:
    rows, _ = looked_at(
        workbook_of(HEADINGS + BLANK * 100 + HEADINGS, times=1_000_000, repeated=BLANK)
    )

    assert rows == 1


def test_members_of_gzip_that_hold_nothing_are_counted() -> None:
    content = gzip.compress(b"a,b\n" * 30_000) + empty_members(megabytes=2)

    assert looked_at(content)[1] <= 2**19


def test_what_is_looked_at_to_tell_the_format_ends_too() -> None:
    content = empty_members(megabytes=2) + gzip.compress(b"a,b\n")
    stream = io.BytesIO(content)

    with pytest.raises(Unreadable) as refused:
        inspect(stream, size_bytes=len(content))

    assert (refused.value.code, stream.tell() <= 2**19) == ("empty", True)


def test_the_longest_row_is_within_a_first_look() -> None:
    random_text = random.Random(1).randbytes(LONGEST_LINE_BYTES // 2 - 100).hex().encode()
    row = event(1, b'"properties":{"x":"%s"}' % random_text)

    assert looked_at(gzip.compress(row * 10, 1))[0] >= 1


def test_texts_of_a_workbook_are_read_as_far_as_they_are_named() -> None:
    texts = "".join(f"<si><t>text {number}</t></si>" for number in range(500_000))
    sheet = '<row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>'
    far = '<row><c t="s"><v>499999</v></c></row>'

    rows, _ = looked_at(workbook_of(sheet + far, texts=texts))

    assert rows == 1


def test_a_workbook_in_a_gzip_file_does_not_fill_the_disk() -> None:
    content = gzip.compress(workbook_of(HEADINGS) + bytes(80 * 2**20))

    with pytest.raises(Unreadable) as refused:
        looked_at(content)

    assert (refused.value.code, "without gzip" in refused.value.reason) == ("too_large", True)


def test_a_workbook_is_not_looked_for_in_thousands_of_members() -> None:
    row = (
        f'<row><c t="inlineStr"><is><t>{random.Random(1).randbytes(10**5).hex()}</t></is></c></row>'
    )
    content = gzip.compress(workbook_of(row)) + empty_members(megabytes=1)

    with pytest.raises(Unreadable) as refused:
        looked_at(content)

    assert refused.value.code == "broken_gzip"


def test_a_watch_is_told_of_all_that_is_read() -> None:
    content = b"a,b\n" + b"1,2\n" * 100_000
    packed = gzip.compress(content)
    seen: list[int] = []

    for file in (content, packed):
        stream = io.BytesIO(file)
        reading = inspect(stream, size_bytes=len(file))
        stream.seek(0)
        with open_table(
            stream, reading, size_bytes=len(file), watch=lambda data: seen.append(len(data))
        ) as table:
            rows = sum(1 for _ in table.rows)
        assert rows == 100_000

    assert sum(seen) == len(content) + len(packed) + len(content)
