"""A gzip file unpacked while it is read, up to what call records can reasonably come to."""

import gzip
import io
import zlib
from typing import BinaryIO

from usage.files.limits import LEAST_UNPACKED_BYTES, MOST_UNPACKED_BYTES, UNPACKED_PER_PACKED

MAGIC = b"\x1f\x8b"


class PackedWrongly(Exception):
    """The gzip file is broken, ends too early, or grows beyond all measure."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Unpacked(io.RawIOBase):
    """
    What a gzip file holds.

    Reading raises `PackedWrongly`; all that was good before has been read by then.
    """

    def __init__(self, packed: BinaryIO, *, packed_bytes: int) -> None:
        super().__init__()
        self._inside = gzip.GzipFile(fileobj=packed)
        self._left = min(
            MOST_UNPACKED_BYTES, max(LEAST_UNPACKED_BYTES, packed_bytes * UNPACKED_PER_PACKED)
        )

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """Unpack as much as there is room for."""
        try:
            data = self._inside.read1(len(into))
        except EOFError as error:
            reason = "the gzip file ends too early; it was cut off on its way"
            raise PackedWrongly("truncated", reason) from error
        except (OSError, zlib.error) as error:
            raise PackedWrongly("broken_gzip", f"the gzip file is broken: {error}") from error
        self._left -= len(data)
        if self._left < 0:
            reason = "unpacked, the file is more than a hundred times as large; send it in parts"
            raise PackedWrongly("too_large", reason)
        into[: len(data)] = data
        return len(data)


def unpacked(packed: BinaryIO, *, packed_bytes: int) -> BinaryIO:
    """Return a stream of what the gzip file holds."""
    return io.BufferedReader(Unpacked(packed, packed_bytes=packed_bytes), 1 << 18)
