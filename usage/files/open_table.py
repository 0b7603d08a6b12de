"""A stored file as a table, whatever it is packed in, from its beginning or from a row on."""

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

from usage.files.detect import HEAD_BYTES, FileFormat, detect
from usage.files.encodings import Encoding, from_utf_16, is_utf_16
from usage.files.formats.csv_rows import read_csv
from usage.files.formats.json_array import read_json_array
from usage.files.formats.ndjson import read_ndjson
from usage.files.formats.xlsx.sheet import read_xlsx
from usage.files.gzip_stream import MAGIC, PackedWrongly, unpacked, unpacked_workbook
from usage.files.rows import BadRow, Row, Table, Unreadable
from usage.files.watched import FirstLook, Spent, Watch, unwatched, watched


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read. An empty delimiter is found out from the headings."""

    format: FileFormat
    is_gzip: bool = False
    encoding: Encoding = Encoding.UTF_8
    delimiter: str = ""


def inspect(stream: BinaryIO, *, size_bytes: int) -> Reading:
    """
    Return how to read a file, from its first bytes.

    :raises Unreadable: it is empty, or nothing that could hold usage.
    """
    head = stream.read(HEAD_BYTES)
    is_gzip = head.startswith(MAGIC)
    if is_gzip:
        stream.seek(0)
        try:
            look = FirstLook()
            head = unpacked(stream, packed_bytes=size_bytes, watch=look).read(HEAD_BYTES)
        except PackedWrongly as error:
            raise Unreadable(error.code, error.reason) from error
        except Spent as error:
            raise Unreadable("empty", "the gzip file holds next to nothing") from error
    encoding = Encoding.UTF_16 if is_utf_16(head) else Encoding.UTF_8
    return Reading(detect(head), is_gzip, encoding)


@contextmanager
def open_table(
    stream: BinaryIO,
    reading: Reading,
    *,
    size_bytes: int,
    behind_row: int = 0,
    watch: Watch = unwatched,
) -> Iterator[Table]:
    """
    Yield the table of a file whose stream is at its beginning, from behind a row on.

    The rows before are read again, and passed over: that takes a small part of the time that
    storing them took, and holds for every format.

    The watch is told of what is read, and may end it: what it raises comes out of the rows.

    :raises Unreadable: on opening, or by the rows where the file breaks off.
    """
    if reading.format is FileFormat.XLSX:
        with _workbook(stream, reading, size_bytes=size_bytes) as parts:
            yield _behind(read_xlsx(parts, watch=watch), behind_row)
    elif reading.is_gzip:
        packed = unpacked(stream, packed_bytes=size_bytes, watch=watch)
        yield _behind(_table(packed, reading), behind_row)
    else:
        yield _behind(_table(watched(stream, watch), reading), behind_row)


@contextmanager
def _workbook(stream: BinaryIO, reading: Reading, *, size_bytes: int) -> Iterator[BinaryIO]:
    """Yield what can be read from its end, as a workbook is."""
    if not reading.is_gzip:
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        _copy(unpacked_workbook(stream, packed_bytes=size_bytes), copy)
        yield copy


def _table(stream: io.BufferedReader, reading: Reading) -> Table:
    if reading.format is FileFormat.NDJSON:
        return read_ndjson(stream)
    if reading.format is FileFormat.JSON:
        return read_json_array(stream)
    if reading.encoding is Encoding.UTF_16:
        stream, reading = from_utf_16(stream), replace(reading, encoding=Encoding.UTF_8)
    return read_csv(stream, encoding=reading.encoding, delimiter=reading.delimiter)


def _behind(table: Table, row: int) -> Table:
    return replace(table, rows=_rows_behind(table.rows, row)) if row else table


def _rows_behind(rows: Iterator[Row | BadRow], last: int) -> Iterator[Row | BadRow]:
    for row in rows:
        if row.number > last:
            yield row
            break
    yield from rows


def _copy(stream: BinaryIO, into: BinaryIO) -> None:
    try:
        shutil.copyfileobj(stream, into, 1 << 20)
    except PackedWrongly as error:
        raise Unreadable(error.code, error.reason) from error
    into.seek(0)
