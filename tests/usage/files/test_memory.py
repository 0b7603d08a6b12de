"""Files that are made to fill the memory, read by a process that may not have much of it."""

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.usage.files.hostile_files import event, full_events

# What Python, the libraries and one chunk need; a file's size must not show.
MOST_MEGABYTES = 150
READER = """
import sys
from pathlib import Path
from usage.files.mapping_format import read_mapping
from usage.files.open_table import inspect, open_table
from usage.files.read_row import RowReader
from usage.files.rows import Row, Unreadable

path = Path(sys.argv[1])
size = path.stat().st_size
good = bad = 0
with path.open("rb") as stream:
    reading = inspect(stream, size_bytes=size)
    stream.seek(0)
    try:
        with open_table(stream, reading, size_bytes=size) as table:
            for row in table.rows:
                good += isinstance(row, Row)
                bad += not isinstance(row, Row)
    except Unreadable as error:
        print(error.code, end=" ")
status = Path("/proc/self/status").read_text()
kilobytes = int(status.partition("VmHWM:")[2].split()[0])
print(good, bad, kilobytes // 1024)
"""
CHUNKS = """
import gc
import json
import sys
from pathlib import Path
from usage.files.mapping_format import read_mapping
from usage.files.open_table import inspect, open_table
from usage.files.read_row import RowReader
from usage.intake.sent_event import SentEvent
from usage.operations.files.read_chunk import read_chunk

gc.disable()  # as in an import
path = Path(sys.argv[1])
size = path.stat().st_size
good = bad = 0
is_last = False
with path.open("rb") as stream:
    reading = inspect(stream, size_bytes=size)
    stream.seek(0)
    with open_table(stream, reading, size_bytes=size) as table:
        reader = RowReader(read_mapping(json.loads(sys.argv[2])), table.columns)
        while not is_last:
            chunk = read_chunk(table.rows, reader)
            good += sum(isinstance(item, SentEvent) for item in chunk.items)
            bad += sum(not isinstance(item, SentEvent) for item in chunk.items)
            is_last = chunk.is_last
            del chunk
status = Path("/proc/self/status").read_text()
kilobytes = int(status.partition("VmHWM:")[2].split()[0])
print(good, bad, kilobytes // 1024)
"""
MEGABYTE = b"x" * 2**20
# Ten events of a row, each with two hundred times the same column.
REPEATED = {
    "events": [
        {
            "customer": {"column": "a"},
            "event_name": {"constant": "call"},
            "idempotency_key": {"columns": ["k"], "suffix": f"-{leg}"},
            "occurred_at": {"column": "t"},
            "properties": [{"name": f"p{place}", "column": "x"} for place in range(200)],
        }
        for leg in range(10)
    ]
}
ROW = b"acme,%d,2024-11-05T10:00:00Z,%s\n"

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells the most memory of a process"
)


def read_in_a_process(path: Path, *options: str, reader: str = READER) -> list[str]:
    """Return what a process said that read the file, and that it stayed small."""
    ended = subprocess.run(
        [sys.executable, "-c", reader, str(path), *options],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    *said, megabytes = ended.stdout.split()
    assert int(megabytes) <= MOST_MEGABYTES
    return said


def write(path: Path, *parts: bytes | tuple[bytes, int]) -> Path:
    with path.open("wb") as file:
        for part in parts:
            content, times = part if isinstance(part, tuple) else (part, 1)
            for _ in range(times):
                file.write(content)
    return path


@pytest.mark.parametrize(
    "head,tail,said",
    [
        (b"a,b\n1,2\n", b",3\n4,5\n", ["2", "1"]),
        (b'a,b\n1,2\n"', b'",3\n4,5\n', ["2", "1"]),
        (b'{"a": 1}\n{"a": "', b'"}\n{"a": 3}\n', ["2", "1"]),
        (b'[{"a": 1}, {"a": "', b'"}, {"a": 3}]', ["2", "1"]),
        (b'[{"a": 1}, "', b'", {"a": 3}]', ["2", "1"]),
    ],
)
def test_a_line_of_500_megabytes_costs_itself_alone(
    tmp_path: Path, head: bytes, tail: bytes, said: list[str]
) -> None:
    assert read_in_a_process(write(tmp_path / "file", head, (MEGABYTE, 500), tail)) == said


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "file", (b"c,", 1_000_000), b"\n1\n")

    assert read_in_a_process(path) == ["too_many_columns", "0", "0"]


def test_a_million_rows_take_no_more_memory_than_ten(tmp_path: Path) -> None:
    row = b"acme,call-%d,2024-11-05T10:00:00Z,US,resolved,5\n"
    with (tmp_path / "file").open("wb") as file:
        file.write(b"account,call,at,region,outcome,minutes\n")
        file.writelines(row % number for number in range(1_000_000))

    assert read_in_a_process(tmp_path / "file") == ["1000000", "0"]


@pytest.mark.parametrize(
    "head,repeated,said",
    [
        ("<sheetData><row>", "<c/>", ["too_many_columns", "0", "0"]),
        ("<sheetData><row><c>", "<x/>", ["too_large", "0", "0"]),
        ("<cols>", '<col min="1"/>', ["empty", "0", "0"]),
    ],
)
def test_a_sheet_of_five_million_elements_is_not_held(
    tmp_path: Path, head: str, repeated: str, said: list[str]
) -> None:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    book = openpyxl.Workbook()
    book.save(tmp_path / "empty")
    sheet = "xl/worksheets/sheet1.xml"
    with (
        zipfile.ZipFile(tmp_path / "empty") as source,
        zipfile.ZipFile(tmp_path / "file", "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name != sheet:
                target.writestr(name, source.read(name))
        closing = "".join(f"</{name}>" for name in reversed(head.strip("<>").split("><")))
        with target.open(sheet, "w") as part:
            part.write(f"<worksheet {space}>{head}".encode())
            for _ in range(500):
                part.write(repeated.encode() * 10_000)
            part.write(f"{closing}</worksheet>".encode())

    assert read_in_a_process(tmp_path / "file") == said


@pytest.mark.parametrize(
    "content,said",
    [
        pytest.param(full_events(b"{},", rows=4), ["4", "0"], id="objects"),
        pytest.param(full_events(b"1.1,", rows=4), ["4", "0"], id="numbers"),
        pytest.param(full_events(b'{"a":1,"a":2},', rows=4), ["0", "4"], id="names twice"),
        pytest.param(
            b"".join(event(n, b'"properties":{"x":[%s1]}' % (b"{}," * 200_000)) for n in range(4)),
            ["0", "4"],
            id="too many values",
        ),
        pytest.param(
            b"".join(event(n, b'"properties":{"x":[%s1]}' % (b"{}," * 600)) for n in range(9_000)),
            ["9000", "0"],
            id="small events of objects",
        ),
        pytest.param(
            b"".join(
                event(n, b'"properties":{"x":"\xf0\x9f\x98\x80%s"}' % (b"x" * 4_100_000))
                for n in range(4)
            ),
            ["4", "0"],
            id="a rare letter in long texts",
        ),
        pytest.param(
            b"".join(
                event(n, b'"%s":[%s1]' % (b"n" * 200_000, b'"\\u0000",' * 18)) for n in range(60)
            ),
            ["0", "60"],
            id="refused for long names",
        ),
    ],
)
def test_a_chunk_stays_small_whatever_is_in_its_rows(
    tmp_path: Path, content: bytes, said: list[str]
) -> None:
    path = write(tmp_path / "file", content)

    assert read_in_a_process(path, "{}", reader=CHUNKS) == said


@pytest.mark.parametrize(
    "rows,said",
    [
        pytest.param(
            b"".join(ROW % (n, b"x" * 4_000_000) for n in range(3)), ["0", "30"], id="too long"
        ),
        pytest.param(
            b"".join(ROW % (n, b"x" * 20_000) for n in range(30)), ["300", "0"], id="long enough"
        ),
        pytest.param((b"ab," * 1_390_000 + b"\n") * 3, ["0", "3"], id="cells"),
        pytest.param((b'"",' * 1_390_000 + b"\n") * 3, ["0", "3"], id="quoted cells"),
    ],
)
def test_a_chunk_of_a_table_stays_small(tmp_path: Path, rows: bytes, said: list[str]) -> None:
    path = write(tmp_path / "file", b"a,k,t,x\n", rows)

    assert read_in_a_process(path, json.dumps(REPEATED), reader=CHUNKS) == said


@pytest.mark.parametrize("line", [b"\n", b"\r\n"])
def test_hundreds_of_megabytes_of_blank_lines_are_passed_over(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "file"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b'{"customer_id": "a"}\n')
        for _ in range(300):
            file.write(line * (2**20 // len(line)))
        file.write(b'{"customer_id": "b"}\n')

    assert read_in_a_process(path) == ["2", "0"]
