"""Somebody who looks on while a file is read: to tell how far it is, or to end it."""

import io
from collections.abc import Callable
from typing import BinaryIO, TypeAlias

from usage.files.limits import EFFORT_OF_A_LOOK

Watch: TypeAlias = Callable[[bytes], None]
"""Is told of all bytes that are read, packed and unpacked; whatever it raises ends the reading."""

_READ_BYTES = 1 << 16
_BUFFER_BYTES = 1 << 18
# What reading takes beside the bytes themselves, as so many bytes more for each sign.
_EFFORTS = (
    (b"\n", 64),
    (b"<row", 256),
    (b"<", 16),
    (b",", 16),
    (b"[", 16),
    (b"{", 16),
    (b'"', 8),
)


def unwatched(data: bytes) -> None:
    """Let everything be read."""


class Spent(Exception):
    """As much was read as is worth a first look."""


class FirstLook:
    """
    A watch that ends reading once a first look at a file has taken enough.

    Effort counts, not bytes alone: a line or a value costs memory and time, however short it is.
    What is at hand by then is still read.
    """

    def __init__(self) -> None:
        self._left = EFFORT_OF_A_LOOK

    def __call__(self, data: bytes) -> None:
        """:raises Spent:"""
        if self._left <= 0:
            raise Spent
        self._left -= len(data) + sum(data.count(sign) * cost for sign, cost in _EFFORTS)


class _Watched(io.RawIOBase):
    def __init__(self, stream: BinaryIO, watch: Watch) -> None:
        super().__init__()
        self._stream = stream
        self._watch = watch

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(min(len(into), _READ_BYTES))
        self._watch(data)
        into[: len(data)] = data
        return len(data)


def watched(stream: BinaryIO, watch: Watch) -> io.BufferedReader:
    """Return the same stream, under the eyes of a watch; to close it leaves the other open."""
    return io.BufferedReader(_Watched(stream, watch), _BUFFER_BYTES)
