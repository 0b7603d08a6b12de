"""Lines of a binary stream, none of which may fill the memory."""

import io
from collections.abc import Iterator
from typing import NamedTuple

from usage.files.gzip_stream import PackedWrongly
from usage.files.limits import LONGEST_LINE_BYTES
from usage.files.rows import Unreadable

# To look ahead copies all that is at hand: only where it is likely to be worth that.
_BLANK_BEFORE_A_LOOK = 64


class Line(NamedTuple):
    """A line, and the byte at which it begins; `data` is None where it was too long to be kept."""

    number: int
    start: int
    data: bytes | None


class Lines:
    """The lines of a stream, with their ends, to be read once."""

    def __init__(self, stream: io.BufferedReader, *, longest: int = LONGEST_LINE_BYTES) -> None:
        self._stream = stream
        self._longest = longest
        self._number, self._start = 1, 0
        self._blank_until = self._blank_lines = 0
        self._following = self._read()

    def __iter__(self) -> Iterator[Line]:
        """
        Return the iterator that goes on behind the last line taken, always the same.

        It raises `Unreadable` where the stream breaks off, with the line at which it does.
        """
        return self._following

    def _read(self) -> Iterator[Line]:
        longest, readline = self._longest, self._stream.readline
        while True:
            number, start = self._number, self._start
            try:
                data = readline(longest)
                if not data:
                    return
                length, kept = len(data), data
                while len(data) == longest and data[-1:] != b"\n":
                    data = readline(longest)
                    length += len(data)
                    kept = b""
            except PackedWrongly as error:
                raise Unreadable(error.code, error.reason, row=number) from error
            self._number, self._start = number + 1, start + length
            yield Line(number, start, kept or None)

    def pass_blank(self) -> None:
        """
        Say that the last line was blank. Behind many of them those that follow are not yielded.

        Files may hold gigabytes of them, and next to nothing when they are packed.

        :raises Unreadable: as the lines do.
        """
        self._blank_lines = self._blank_lines + 1 if self._blank_until == self._number - 1 else 1
        self._blank_until = self._number
        if self._blank_lines < _BLANK_BEFORE_A_LOOK:
            return
        self._blank_lines = 0
        try:
            while blank := _blank_lines_of(self._stream.peek()):
                self._stream.read(len(blank))
                self._number += blank.count(b"\n")
                self._start += len(blank)
        except PackedWrongly as error:
            raise Unreadable(error.code, error.reason, row=self._number) from error


def _blank_lines_of(ahead: bytes) -> bytes:
    """Return the blank lines that this begins with."""
    blank = ahead[: len(ahead) - len(ahead.lstrip(b"\r\n"))]
    return blank[: blank.rfind(b"\n") + 1]
