"""A chunk is what one transaction takes: by its events, and by what they weigh."""

import io

from tests.usage.files.hostile_files import event, full_events
from tests.usage.files.reading import reading_of
from usage.files.mapping import FileMapping
from usage.files.open_table import open_table
from usage.files.read_row import RowReader
from usage.operations.files.read_chunk import CHUNK_EVENTS, read_chunk


def chunks(content: bytes) -> list[int]:
    """Return how many items each chunk of a file of events has."""
    found: list[int] = []
    with open_table(io.BytesIO(content), reading_of(content), size_bytes=len(content)) as table:
        reader = RowReader(FileMapping(), table.columns)
        is_last = False
        while not is_last:
            chunk = read_chunk(table.rows, reader)
            is_last = chunk.is_last
            found.append(len(chunk.items))
    return found


def test_ordinary_events_fill_a_chunk_by_their_number() -> None:
    rows = b"".join(
        event(n, b'"properties":{"region":"US","call_outcome":"resolved","minutes":%d}' % n)
        for n in range(CHUNK_EVENTS + 5)
    )

    assert chunks(rows) == [CHUNK_EVENTS, 5]


def test_events_full_of_values_fill_a_chunk_by_what_they_become() -> None:
    assert chunks(full_events(b"{},", rows=5)) == [3, 2]


def test_long_events_fill_a_chunk_by_their_text() -> None:
    long = b"".join(event(n, b'"properties":{"x":"%s"}' % (b"x" * 4_000_000)) for n in range(5))

    assert chunks(long) == [3, 2]


def test_refused_events_fill_a_chunk_by_their_words() -> None:
    refused = b"".join(
        event(n, b",".join(b'"%s%d":1' % (b"n" * 250, place) for place in range(8)))
        for n in range(8_000)
    )

    first, *others = chunks(refused)

    assert first < 6_000
    assert first + sum(others) == 8_000


def test_words_on_what_is_wrong_are_as_long_as_somebody_reads() -> None:
    name = b"n" * 1_000_000
    content = event(1, b'"%s":{"%s":1,"%s":2}' % (name, name, name))
    with open_table(io.BytesIO(content), reading_of(content), size_bytes=len(content)) as table:
        chunk = read_chunk(table.rows, RowReader(FileMapping(), table.columns))

    (refused,) = chunk.items
    assert isinstance(refused, Exception)
    assert refused.__traceback__ is None  # it would hold the row
    assert max(len(fault.pointer) + len(fault.detail) for fault in refused.faults) <= 600
