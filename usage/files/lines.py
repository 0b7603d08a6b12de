"""Lines of a binary stream, none of which may fill the memory."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from usage.files.gzip_stream import PackedWrongly
from usage.files.limits import LONGEST_LINE_BYTES
from usage.files.rows import Unreadable


class Line(NamedTuple):
    """A line, and the byte at which it begins; `data` is None where it was too long to be kept."""

    number: int
    start: int
    data: bytes | None


def lines_of(stream: BinaryIO, *, longest: int = LONGEST_LINE_BYTES) -> Iterator[Line]:
    """
    Yield the lines with their ends.

    :raises Unreadable: the stream breaks off, with the line at which it does.
    """
    number, start = 1, 0
    while True:
        try:
            data = stream.readline(longest)
            if not data:
                return
            length, kept = len(data), data
            while len(data) == longest and data[-1:] != b"\n":
                data = stream.readline(longest)
                length += len(data)
                kept = b""
        except PackedWrongly as error:
            raise Unreadable(error.code, error.reason, row=number) from error
        yield Line(number, start, kept or None)
        number, start = number + 1, start + length
