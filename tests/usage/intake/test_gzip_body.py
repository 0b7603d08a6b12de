"""Unpacking no further than memory allows."""

import gzip
import random
import zlib

import pytest

from usage.intake.gzip_body import MOST_BYTES, NotGzip, UnpacksTooLarge, unpacked

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
