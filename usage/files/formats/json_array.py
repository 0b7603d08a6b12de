"""
The objects of a JSON array, one at a time, however long the array is.

The array is the whole document, or a member of its object under one of the names that exports
use. Objects are found by their brackets alone, so that what is wrong inside of one is its own
mistake, and the next one is read.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from usage.files.encodings import BOM
from usage.files.formats.json_row import json_row
from usage.files.gzip_stream import PackedWrongly
from usage.files.limits import LONGEST_LINE_BYTES
from usage.files.rows import BadRow, Row, Table, Unreadable, shown

MEMBERS = ("calls", "results", "items", "data", "records", "events", "rows", "value", "cdrs")

_CHUNK_BYTES = 1 << 18
_KEPT_OF_A_GAP = 400
_BETWEEN = b" \t\r\n,"
# The group is empty where a string goes on in the next chunk.
_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[\[\]{}]', re.DOTALL)
_CLOSING = re.compile(rb'(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
_TOO_LONG = f"the object is longer than {LONGEST_LINE_BYTES // 2**20} MB"


def read_json_array(stream: BinaryIO) -> Table:
    """Return the objects of the array; the stream is at the beginning of the file."""
    return Table(None, _rows(stream))


def _rows(stream: BinaryIO) -> Iterator[Row | BadRow]:
    scan = _Scan()
    while True:
        try:
            chunk = stream.read(_CHUNK_BYTES)
        except PackedWrongly as error:
            raise Unreadable(error.code, error.reason, row=scan.number + 1) from error
        if not chunk:
            break
        yield from scan.objects(chunk)
    scan.finish()


class _Scan:
    """
    How far the brackets are open at the end of the last chunk.

    `level` is the depth inside the array whose members are rows: 0 as long as it is not found,
    -1 once it is over.
    """

    def __init__(self) -> None:
        self.number = 0
        self.level = 0
        self.depth = 0
        self._is_in_text = False
        self._held = b""
        self._name = b""
        self._gap = b""
        self._parts: list[bytes] = []
        self._size = 0
        self._has_begun = self._has_ended = False

    def objects(self, chunk: bytes) -> Iterator[Row | BadRow]:
        """Yield the objects that end in this chunk."""
        chunk = self._whole(chunk)
        place = since = 0
        if self._is_in_text:
            found = _CLOSING.match(chunk)
            assert found is not None
            place, self._is_in_text = found.end(), not found.group(1)
        marks = iter(()) if self._is_in_text else _MARK.finditer(chunk, place)
        for mark in marks:
            sign, begin, end = chunk[mark.start()], mark.start(), mark.end()
            if sign == 0x22:  # "
                self._is_in_text = not mark.group(1)
                if self.depth == 1 and not self.level:
                    self._name = mark.group().strip(b'"')
            elif sign in b"[{":
                if 0 < self.level == self.depth:
                    yield from self._gap_before(chunk[since:begin])
                    since = begin
                self.depth += 1
                if self._are_rows(sign):
                    self.level, since = self.depth, end
            elif 0 < self.level == self.depth - 1:
                self.depth -= 1
                yield self._object(chunk[since:end])
                since = end
            elif 0 < self.level == self.depth:
                if sign == 0x5D:  # ]
                    yield from self._gap_before(chunk[since:begin])
                    self.level = -1
                    self._close(chunk[end:])
            else:
                self._close(chunk[end:])
        self._keep(chunk[since:])

    def finish(self) -> None:
        """:raises Unreadable: the document is not over."""
        if not self._has_ended:
            reason = "the JSON ends too early: a bracket or a text is left open"
            raise Unreadable("truncated", reason, row=self.number + 1)

    def _whole(self, chunk: bytes) -> bytes:
        if not self._has_begun:
            chunk, self._has_begun = chunk.removeprefix(BOM), True
        chunk = self._held + chunk
        slashes = len(chunk) - len(chunk.rstrip(b"\\"))
        # What an odd one escapes comes with the next chunk.
        self._held = chunk[len(chunk) - slashes % 2 :]
        chunk = chunk[: len(chunk) - slashes % 2]
        if self._has_ended and chunk.strip():
            self._refuse_more()
        return chunk

    def _are_rows(self, sign: int) -> bool:
        if self.level or sign != 0x5B:  # [
            return False
        return self.depth == 1 or (self.depth == 2 and self._name.decode("latin-1") in MEMBERS)

    def _close(self, rest: bytes) -> None:
        self.depth -= 1
        if self.depth > 0:
            return
        self._has_ended = True
        if not self.level:
            raise Unreadable(
                "no_rows",
                "the JSON has no list of objects: neither is it one, nor is there one under "
                f"{', '.join(MEMBERS)}",
            )
        if rest.strip():
            self._refuse_more()

    def _refuse_more(self) -> None:
        reason = "something follows behind the end of the JSON; send each document by itself"
        raise Unreadable("more_than_one", reason, row=self.number + 1)

    def _keep(self, data: bytes) -> None:
        """Keep what belongs to an object, or a gap, that goes on in the next chunk."""
        if self.level <= 0:
            return
        if self.depth == self.level:
            self._gap = (self._gap + data.strip(_BETWEEN))[:_KEPT_OF_A_GAP]
            return
        self._size += len(data)
        if self._size > LONGEST_LINE_BYTES:
            self._parts.clear()
        else:
            self._parts.append(data)

    def _object(self, data: bytes) -> Row | BadRow:
        size = self._size + len(data)
        whole = b"".join([*self._parts, data])
        self._parts, self._size = [], 0
        self.number += 1
        if size > LONGEST_LINE_BYTES:
            return BadRow(self.number, "line_too_long", _TOO_LONG)
        return json_row(whole, number=self.number)

    def _gap_before(self, data: bytes) -> Iterator[BadRow]:
        gap = (self._gap + data.strip(_BETWEEN))[:_KEPT_OF_A_GAP]
        self._gap = b""
        if gap:
            self.number += 1
            reason = "between the objects of the list stands something else"
            excerpt = shown(gap.decode("utf-8", "backslashreplace"))
            yield BadRow(self.number, "not_an_object", reason, excerpt=excerpt)
