"""A gzip file unpacked while it is read, up to what call records can reasonably come to."""

import io
import zlib
from typing import BinaryIO

from usage.files.limits import (
    LEAST_UNPACKED_BYTES,
    MOST_MEMBERS_OF_A_WORKBOOK,
    MOST_OF_A_STORED_WORKBOOK_BYTES,
    MOST_UNPACKED_BYTES,
    UNPACKED_PER_PACKED,
)
from usage.files.watched import Watch, unwatched

_GROWS = "unpacked, the file is more than a hundred times as large; send it in parts"
_GROWS_AS_A_WORKBOOK = "unpacked, the workbook is far too large; send it without gzip"
MAGIC = b"\x1f\x8b"
_WITH_HEADER = zlib.MAX_WBITS | 16
_PACKED_BYTES = 1 << 14
_BUFFER_BYTES = 1 << 18
# A member may be twenty bytes of nothing: whoever watches is told of so many with each.
_WORTH_OF_A_MEMBER = bytes(1024)


class PackedWrongly(Exception):
    """The gzip file is broken, ends too early, or grows beyond all measure."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Unpacked(io.RawIOBase):
    """
    What the members of a gzip file hold, one behind the other.

    Reading raises `PackedWrongly`; all that was good before has been read by then.
    """

    def __init__(
        self,
        packed: BinaryIO,
        *,
        most_bytes: int,
        most_members: int | None = None,
        grows: str = _GROWS,
        watch: Watch = unwatched,
    ) -> None:
        super().__init__()
        self._packed = packed
        self._left = most_bytes
        self._most_members = most_members
        self._grows = grows
        self._watch = watch
        self._member = zlib.decompressobj(_WITH_HEADER)
        self._members = 1
        self._ready = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """Unpack as much as there is room for."""
        try:
            data = self._unpacked(len(into))
        except zlib.error as error:
            raise PackedWrongly("broken_gzip", f"the gzip file is broken: {error}") from error
        self._left -= len(data)
        if self._left < 0:
            raise PackedWrongly("too_large", self._grows)
        self._watch(data)
        into[: len(data)] = data
        return len(data)

    def _unpacked(self, most: int) -> bytes:
        """Return the next bytes; none are the end."""
        while True:
            if self._member.eof and not self._next_member():
                return b""
            is_over = not (self._ready or self._more())
            data = self._member.decompress(self._ready, most)
            self._ready = self._member.unconsumed_tail or self._member.unused_data
            if data:
                return data
            if is_over and not self._member.eof:
                reason = "the gzip file ends too early; it was cut off on its way"
                raise PackedWrongly("truncated", reason)

    def _next_member(self) -> bool:
        """Begin the next member, if there is one behind the zeros that may stand here."""
        self._ready = self._ready.lstrip(b"\x00")
        while not self._ready:
            if not self._more():
                return False
            self._ready = self._ready.lstrip(b"\x00")
        self._members += 1
        if self._most_members is not None and self._members > self._most_members:
            raise PackedWrongly("broken_gzip", "the gzip file is in too many parts")
        self._watch(_WORTH_OF_A_MEMBER)
        self._member = zlib.decompressobj(_WITH_HEADER)
        return True

    def _more(self) -> bool:
        """Read on in the packed file, and return whether there was more."""
        self._ready = self._packed.read(_PACKED_BYTES)
        self._watch(self._ready)
        return bool(self._ready)


def unpacked(packed: BinaryIO, *, packed_bytes: int, watch: Watch = unwatched) -> io.BufferedReader:
    """Return a stream of what the gzip file holds."""
    most = min(MOST_UNPACKED_BYTES, max(LEAST_UNPACKED_BYTES, packed_bytes * UNPACKED_PER_PACKED))
    return io.BufferedReader(Unpacked(packed, most_bytes=most, watch=watch), _BUFFER_BYTES)


def unpacked_workbook(packed: BinaryIO, *, packed_bytes: int) -> io.BufferedReader:
    """Return the same for a workbook, which is packed in itself: it hardly grows."""
    raw = Unpacked(
        packed,
        most_bytes=2 * packed_bytes + MOST_OF_A_STORED_WORKBOOK_BYTES,
        most_members=MOST_MEMBERS_OF_A_WORKBOOK,
        grows=_GROWS_AS_A_WORKBOOK,
    )
    return io.BufferedReader(raw, _BUFFER_BYTES)
