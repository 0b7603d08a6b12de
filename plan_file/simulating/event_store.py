"""
Events in the order of stream, time and key: in memory while they are few, else in files.

A stream is whatever is read together, such as the events of one name of one customer. Many
events are sorted in runs that fit into memory; the runs are merged into pages of a temporary
file, of which only the beginnings are kept at hand.
"""

from __future__ import annotations

import heapq
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import dropwhile, islice, takewhile
from operator import itemgetter
from typing import Any, Protocol

import msgspec

from plan_file.simulating.event_body import unpacked
from usage.metering.quantity import MeteredEvent
from values.period import Period

RUN_BYTES = 600_000_000
"""How much memory, roughly, the events of a run may take."""

_RECORD_BYTES = 200  # of a record beside its properties, as Python keeps it
_PAGE_EVENTS = 500
_EVENTS_BETWEEN_REPORTS = 1_000

Record = tuple[int, datetime, str, bytes]
"""Stream, UTC time, key, and the packed properties."""

_Bound = tuple[int, datetime]
"""Stream and time: less than every record that is there or later."""


class _Records(Protocol):
    def all(self) -> Iterator[Record]: ...

    def between(self, begin: _Bound, end: _Bound) -> Iterator[Record]: ...


class SortedEvents:
    """Events in order, to be read as often as needed."""

    def __init__(self, records: _Records) -> None:
        self._records = records
        self._on_read: Callable[[int], None] | None = None

    def tell(self, on_read: Callable[[int], None]) -> None:
        """Have it told now and then that so many more events have been read."""
        self._on_read = on_read

    def within(self, stream: int, span: Period) -> Iterator[MeteredEvent]:
        """Yield the events of a stream in the span, in the order of times and keys."""
        records = self._records.between((stream, span.start), (stream, span.end))
        while some := tuple(islice(records, _EVENTS_BETWEEN_REPORTS)):
            for _, at, key, packed in some:
                yield MeteredEvent(at, key, unpacked(packed))
            if self._on_read is not None:
                self._on_read(len(some))

    def all_packed(self) -> Iterator[bytes]:
        """Yield what every event was given, in the order of streams, times and keys."""
        return map(itemgetter(3), self._records.all())


class EventSorter:
    """Takes events in any order; `run_bytes` is what it may hold in memory before it spills."""

    def __init__(self, *, run_bytes: int = RUN_BYTES) -> None:
        self._run_bytes = run_bytes
        self._held: list[Record] = []
        self._held_bytes = 0
        self._runs: list[_Pages] = []

    def add(self, stream: int, at: datetime, key: str, packed: bytes) -> None:
        """
        Take an event with its UTC time and its packed properties.

        :raises OSError: there is no room for a temporary file.
        """
        self._held.append((stream, at, key, packed))
        self._held_bytes += len(packed) + _RECORD_BYTES
        if self._held_bytes > self._run_bytes:
            self._spill()

    def finish(self) -> SortedEvents:
        """
        Return all events in their order; none can be added any more.

        :raises OSError: there is no room for a temporary file.
        """
        if not self._runs:
            _sort(self._held)
            return SortedEvents(_Held(self._held))
        self._spill()
        merged = _Pages(heapq.merge(*(run.all() for run in self._runs)))
        self._runs.clear()
        return SortedEvents(merged)

    def _spill(self) -> None:
        _sort(self._held)
        self._runs.append(_Pages(self._held))
        self._held, self._held_bytes = [], 0


class _Held:
    """Sorted records in memory."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records

    def all(self) -> Iterator[Record]:
        return iter(self._records)

    def between(self, begin: _Bound, end: _Bound) -> Iterator[Record]:
        records: list[Any] = self._records
        places = range(bisect_left(records, begin), bisect_left(records, end))
        return map(self._records.__getitem__, places)


class _Pages:
    """Sorted records in a file that vanishes with this object; pages are read one at a time."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as its pages
        self._firsts: list[Record] = []
        self._ends: list[int] = [0]
        encoder = msgspec.msgpack.Encoder()
        remaining = iter(records)
        while page := list(islice(remaining, _PAGE_EVENTS)):
            self._firsts.append(page[0])
            self._ends.append(self._ends[-1] + self._file.write(encoder.encode(page)))

    def all(self) -> Iterator[Record]:
        """Yield every record."""
        return self._from_page(0)

    def between(self, begin: _Bound, end: _Bound) -> Iterator[Record]:
        """Yield the records of this stretch of a stream."""
        # The page before the first that begins at or after it may hold its beginning.
        firsts: list[Any] = self._firsts
        first = max(0, bisect_left(firsts, begin) - 1)
        from_begin = dropwhile(lambda record: record < begin, self._from_page(first))
        return takewhile(lambda record: record < end, from_begin)

    def _from_page(self, first: int) -> Iterator[Record]:
        decoder = msgspec.msgpack.Decoder(list[Record])
        for page in range(first, len(self._firsts)):
            # Each page is sought anew: several readers may be under way in one file.
            self._file.seek(self._ends[page])
            yield from decoder.decode(self._file.read(self._ends[page + 1] - self._ends[page]))


def _sort(records: list[Record]) -> None:
    """Sort by stream, time and key."""
    # Whole records are slow to compare: those almost in order are compared least often.
    records.sort(key=itemgetter(1))
    records.sort(key=itemgetter(0))
    records.sort()
