"""Unpacking no further than memory allows."""

import gzip
import random
import zlib
from typing import Any

import pytest

from usage.intake.gzip_body import FED_AT_ONCE, MOST_BYTES, NotGzip, UnpacksTooLarge, unpacked

NOISE = random.Random(6).randbytes(700_000)


def test_what_was_packed_comes_back() -> None:
    assert unpacked(gzip.compress(NOISE)) == NOISE


def test_several_members_are_one_body() -> None:
    assert unpacked(gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")) == (
        b"one two"
    )


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="plain"),
        pytest.param(gzip.compress(NOISE)[:-1], id="a byte short"),
        pytest.param(gzip.compress(NOISE)[:400_000], id="cut in the middle"),
        pytest.param(gzip.compress(NOISE)[:5], id="cut in the header"),
        pytest.param(gzip.compress(NOISE) + b"x", id="something behind"),
        pytest.param(gzip.compress(b"abc")[:-8] + b"\0" * 8, id="wrong checksum"),
        pytest.param(zlib.compress(NOISE), id="zlib"),
        pytest.param(gzip.compress(b"x")[:2] + b"\xff" * 50, id="no deflate"),
    ],
)
def test_what_is_no_whole_gzip_is_refused(packed: bytes) -> None:
    with pytest.raises(NotGzip):
        unpacked(packed)


def test_a_body_of_the_largest_size_is_unpacked() -> None:
    body = NOISE[:20_000] * (MOST_BYTES // 20_000)

    assert len(unpacked(gzip.compress(body))) == len(body)


def test_one_that_unpacks_to_more_is_given_up() -> None:
    with pytest.raises(UnpacksTooLarge, match="20 MB"):
        unpacked(gzip.compress(NOISE * 31, 1))


def test_one_that_grows_as_no_usage_does_is_given_up() -> None:
    with pytest.raises(UnpacksTooLarge, match="200 times"):
        unpacked(gzip.compress(bytes(3 * 1024 * 1024)))


def test_a_member_behind_one_that_was_unpacked_in_pieces_is_read() -> None:
    large = NOISE[:100] * 30_000

    assert unpacked(gzip.compress(large) + gzip.compress(NOISE) + gzip.compress(large)) == (
        large + NOISE + large
    )


def test_the_rest_of_a_body_is_not_handed_over_again_for_each_member(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handed_over: list[int] = []
    make_member = zlib.decompressobj

    class Counted:
        def __init__(self, *arguments: Any) -> None:
            self._member = make_member(*arguments)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._member, name)

        def decompress(self, packed: bytes, most: int) -> bytes:
            handed_over.append(len(packed))
            return self._member.decompress(packed, most)

    monkeypatch.setattr(zlib, "decompressobj", Counted)
    members = 10_000

    assert unpacked(gzip.compress(b"") * members) == b""
    assert sum(handed_over) <= 2 * members * FED_AT_ONCE
