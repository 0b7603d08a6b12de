"""Files packed by gzip: what was good is read, and a bomb is not unpacked."""

import gzip
import io
import random
import zlib

import pytest

from tests.usage.files.reading import rows_of
from usage.files import gzip_stream
from usage.files.rows import Unreadable

CONTENT = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * 7919 % 10_007) for n in range(100_000))


def test_members_behind_each_other_are_one_file() -> None:
    packed = gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")

    assert rows_of(packed) == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_a_file_that_was_cut_off_keeps_the_rows_before() -> None:
    packed = gzip.compress(CONTENT)

    rows = rows_of(packed[: len(packed) // 2])

    assert len(rows) > 10_000
    name, row, code = rows[-1]
    assert (name, code) == ("unreadable", "truncated")
    assert row == rows[-2][0] + 1
    assert rows[:-1] == rows_of(CONTENT)[: len(rows) - 1]


def test_a_broken_byte_ends_the_file_with_its_row() -> None:
    packed = bytearray(gzip.compress(CONTENT))
    packed[len(packed) // 2] ^= 0xFF

    assert rows_of(bytes(packed))[-1][2] in {"broken_gzip", "truncated", "quoting", "encoding"}


@pytest.mark.parametrize("content", [b"\x1f\x8b", b"\x1f\x8b\x08" + b"x" * 20])
def test_what_only_begins_like_gzip_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        rows_of(content)


def test_a_bomb_stops_at_a_hundred_times_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gzip_stream, "LEAST_UNPACKED_BYTES", 2**20)
    line = b'{"a": "' + b"x" * 1000 + b'"}\n'
    packed = gzip.compress(line * 50_000)

    rows = rows_of(packed)

    assert rows[-1][2] == "too_large"
    assert len(rows) < 50_000


def test_nested_gzip_is_no_file_of_usage() -> None:
    inner = gzip.compress(gzip.compress(random.Random(1).randbytes(100)))

    assert rows_of(inner)[-1][2] in {"nul", "encoding", "line_ends", "duplicate_heading"}


def test_zlib_errors_are_told_apart_from_the_end() -> None:
    packed = io.BytesIO(gzip.compress(b"x")[:10] + zlib.compress(b"y"))

    with pytest.raises(gzip_stream.PackedWrongly) as refused:
        gzip_stream.unpacked(packed, packed_bytes=30).read()

    assert refused.value.code == "broken_gzip"
