r"""
The file of an archived month: gzip, readable by any tool, found into by customer.

A gzip file may have several members, which unpack as one text. The first is a line of JSON that
names the format, its version and the columns. Then come the rows, as PostgreSQL's COPY writes
text (tabs between, `\N` for nothing, a line each), in members of about a megabyte, ordered by
customer, time and key. The last is a line of JSON again: with which customer each member begins,
and where in the file.
"""

import gzip
import hashlib
import json
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

COLUMNS = (
    "customer_id", "occurred_at", "key", "meter_id", "dimensions_id", "source_id", "quantity",
    "received_at", "ingest_tx", "event_name", "idempotency_key", "sent",
)  # fmt: skip
FORMAT = "usage-archive"
VERSION = 1
_BLOCK_BYTES = 2**20
_LEVEL = 6
_AS_GZIP = 16 + zlib.MAX_WBITS
# The last column of an event's further rows.
_SAYS_NOTHING = b"\t\\N\n"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class NotAnArchive(ValueError):
    """The bytes are no archive of this format and version, or not a whole one."""


@dataclass(slots=True)
class ArchiveParts:
    """
    The bytes of an archive, made as they are asked for, once; then what is known of them.

    `lines` are rows as COPY writes them, in the file's order. Memory holds one block and, for
    each, its place.
    """

    month: str
    part: int
    lines: Iterable[bytes]
    rows: int = 0
    events: int = 0
    size_bytes: int = 0
    index_at: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    _index: list[tuple[int, int]] = field(default_factory=list)

    def __iter__(self) -> Iterator[bytes]:
        yield self._member([_line(self._header())])
        block: list[bytes] = []
        block_bytes = 0
        for line in self.lines:
            block.append(line)
            block_bytes += len(line)
            self.rows += 1
            self.events += not line.endswith(_SAYS_NOTHING)
            if block_bytes >= _BLOCK_BYTES:
                yield self._block(block)
                block, block_bytes = [], 0
        if block:
            yield self._block(block)
        self.index_at = self.size_bytes
        yield self._member([_line({"rows": self.rows, "index": self._index})])

    def _header(self) -> dict[str, Any]:
        return {
            "format": FORMAT, "version": VERSION, "month": self.month, "part": self.part,
            "columns": COLUMNS,
        }  # fmt: skip

    def _block(self, lines: Sequence[bytes]) -> bytes:
        self._index.append((customer_of(lines[0]), self.size_bytes))
        return self._member(lines)

    def _member(self, lines: Sequence[bytes]) -> bytes:
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _AS_GZIP)
        packed = packer.compress(b"".join(lines)) + packer.flush()
        self.digest.update(packed)
        self.size_bytes += len(packed)
        return packed


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """
    Yield the rows of a whole archive, each with its end of line.

    :raises NotAnArchive: also at the end, where rows are missing.
    """
    with gzip.GzipFile(fileobj=stream) as unpacked:
        header = _read_json(unpacked.readline())
        if (header.get("format"), header.get("version")) != (FORMAT, VERSION):
            raise NotAnArchive(f"it is no {FORMAT} of version {VERSION}")
        for rows, line in enumerate(_intact(unpacked)):
            if line.startswith(b"{"):
                if _read_json(line).get("rows") != rows:
                    raise NotAnArchive("it does not have the rows that its last line tells")
                return
            yield line
        raise NotAnArchive("it ends too early")


def read_lines_of(stream: BinaryIO, *, customer_id: int, index_at: int) -> Iterator[bytes]:
    """
    Yield the rows of one customer, of an archive that can be sought in.

    :raises NotAnArchive:
    """
    stream.seek(index_at)
    with gzip.GzipFile(fileobj=stream) as unpacked:
        index = _read_json(unpacked.readline()).get("index", [])
    firsts = [first for first, _ in index]
    if not index:
        return
    # The customer may begin within the block before the first that begins with it.
    stream.seek(index[max(bisect_left(firsts, customer_id) - 1, 0)][1])
    with gzip.GzipFile(fileobj=stream) as unpacked:
        for line in _intact(unpacked):
            if line.startswith(b"{") or customer_of(line) > customer_id:
                return
            if customer_of(line) == customer_id:
                yield line


def customer_of(line: bytes) -> int:
    """Return the customer of a row."""
    return int(line[: line.index(b"\t")])


def cells_of(line: bytes) -> list[str | None]:
    """Return the cells of a row, None for nothing."""
    return [_cell(cell) for cell in line[:-1].decode().split("\t")]


def _cell(written: str) -> str | None:
    if "\\" not in written:
        return written
    if written == "\\N":
        return None
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), written)


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def _read_json(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError as error:
        raise NotAnArchive("its lines of JSON cannot be read") from error
    if not isinstance(said, dict):
        raise NotAnArchive("its lines of JSON are no objects")
    return said


def _intact(unpacked: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from unpacked
    except (EOFError, OSError, zlib.error) as error:
        raise NotAnArchive(f"it cannot be unpacked: {error}") from error
