"""Texts of files: UTF-8 unless the file's first bytes or a person say otherwise."""

import codecs
import io
from enum import StrEnum
from typing import BinaryIO

BOM = codecs.BOM_UTF8
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK_BYTES = 1 << 16


class Encoding(StrEnum):
    """How letters are written. Windows-1252 is never guessed: every file would pass for it."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1252 = "cp1252"


class NotText(ValueError):
    """Bytes that are no text; the message says which."""


def decoded(data: bytes, encoding: str, *, start: int) -> str:
    """
    Return the text of bytes that begin at this place of the file.

    :raises NotText:
    """
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "UTF-8" if encoding == Encoding.UTF_8 else "Windows-1252"
        raise NotText(
            f"byte {error.start + 1} of the line (byte {start + error.start + 1} of the file) "
            f"is not {name}"
        ) from error


def is_utf_16(head: bytes) -> bool:
    """Return whether a file that begins so is UTF-16, by its byte order mark."""
    return head.startswith(_UTF_16)


class _Recoded(io.RawIOBase):
    """UTF-16 as UTF-8; what is no character becomes a byte that UTF-8 does not have."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._ready = b""
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready and not self._is_over:
            data = self._stream.read(_CHUNK_BYTES)
            self._is_over = not data
            text = self._decoder.decode(data, final=self._is_over)
            self._ready = text.encode().replace("\ufffd".encode(), b"\xff")
        size = min(len(into), len(self._ready))
        into[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


def from_utf_16(stream: BinaryIO) -> io.BufferedReader:
    """Return a UTF-16 stream with its byte order mark as UTF-8."""
    return io.BufferedReader(_Recoded(stream), _CHUNK_BYTES)
