"""Unpacking a gzip body no further than memory allows."""

import zlib

MOST_BYTES = 20 * 1024 * 1024
MOST_TIMES = 200
"""How many times as large as what was sent a body may become: usage never shrinks so far."""

FED_AT_ONCE = 4 * 1024
"""Bytes handed to the unpacker: at a member's end it copies what it did not need of them."""

_UNSUSPICIOUS_BYTES = 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_GZIP = zlib.MAX_WBITS | 16


class NotGzip(ValueError):
    """The body is no gzip, ends too early, or has something else behind it."""


class UnpacksTooLarge(ValueError):
    """The body would become larger than any that is read."""


def unpacked(packed: bytes) -> bytes:
    """
    Return what was packed, one member or several.

    It is unpacked piece by piece and given up at the bound, so that neither the memory nor the
    work it takes depends on what a sender makes of a few bytes.

    :raises NotGzip:
    :raises UnpacksTooLarge: more than `MOST_BYTES`, or than `MOST_TIMES` what was sent.
    """
    if not packed:
        raise NotGzip("the gzip body is empty")
    pieces: list[bytes] = []
    found = taken = 0
    while taken < len(packed):
        member = zlib.decompressobj(_GZIP)
        while not member.eof:
            fed = packed[taken : taken + FED_AT_ONCE]
            piece = _piece(member, fed)
            left = len(member.unused_data if member.eof else member.unconsumed_tail)
            if not piece and left == len(fed) and not member.eof:
                raise NotGzip("the gzip body ends too early")
            taken += len(fed) - left
            found += len(piece)
            _refuse_too_large(found, sent=len(packed))
            pieces.append(piece)
    return b"".join(pieces)


def _piece(member: "zlib._Decompress", packed: bytes) -> bytes:
    try:
        return member.decompress(packed, _PIECE_BYTES)
    except zlib.error as error:
        raise NotGzip("the body is not gzip, or was damaged on its way") from error


def _refuse_too_large(found: int, *, sent: int) -> None:
    if found > MOST_BYTES:
        raise UnpacksTooLarge(
            f"The body unpacks to more than {MOST_BYTES // 1024**2} MB ({MOST_BYTES} bytes); "
            "send several requests."
        )
    if found > _UNSUSPICIOUS_BYTES and found > MOST_TIMES * sent:
        raise UnpacksTooLarge(
            f"The body unpacks to more than {MOST_TIMES} times what was sent; no usage does."
        )
