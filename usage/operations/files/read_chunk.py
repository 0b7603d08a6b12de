"""The next events of a file, as many as one transaction takes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from sys import getsizeof

from usage.files.read_row import RowReader
from usage.files.rows import BadRow, Row, Unreadable
from usage.intake.sent_event import Rejected, SentEvent

# So many that a commit costs little beside them, so few that a stop waits for a moment only.
CHUNK_EVENTS = 10_000
CHUNK_WEIGHT = 16 * 2**20
"""Of its events and refusals, in bytes of their text and what they become in memory."""

# A value of two letters becomes an object of a hundred bytes, and so does each fault.
_WEIGHT_OF_A_VALUE = 32
_WEIGHT_OF_A_FAULT = 500
# So few letters that ten thousand such events are not too many, whatever they hold.
_LETTERS_OF_A_SMALL_EVENT = 250


@dataclass(slots=True)
class Chunk:
    """
    Rows that were read, as events.

    `items` and `rows` go together: an event, or why it is none, and the number of its row.
    `failure` is why nothing can be read behind them.
    """

    items: list[SentEvent | Rejected] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    read: int = 0
    left_out: int = 0
    last_row: int = 0
    is_last: bool = False
    failure: Unreadable | None = None


def read_chunk(rows: Iterator[Row | BadRow], reader: RowReader) -> Chunk:
    """
    Return what the next rows come to.

    They are so few that a chunk takes no more than some 100 MB, whatever is in the rows.
    """
    chunk, weight = Chunk(), 0
    try:
        for row in rows:
            events = reader.events(row)
            chunk.read += 1
            chunk.left_out += not events
            chunk.last_row = row.number
            for event in events:
                chunk.items.append(event)
                chunk.rows.append(row.number)
                weight += _weight(event)
            if chunk.read >= CHUNK_EVENTS or len(chunk.items) >= CHUNK_EVENTS:
                return chunk
            if weight >= CHUNK_WEIGHT:
                return chunk
    except Unreadable as failure:
        chunk.failure = failure
    chunk.is_last = True
    return chunk


def _weight(item: SentEvent | Rejected) -> int:
    if isinstance(item, Rejected):
        return sum(
            len(fault.pointer) + len(fault.detail) + _WEIGHT_OF_A_FAULT for fault in item.faults
        )
    text = item.text
    if len(text) <= _LETTERS_OF_A_SMALL_EVENT:
        return len(text)
    values = text.count(",") + text.count("[") + text.count("{")
    # A text is held as JSON and as a value, in four bytes a letter where one of them is a rare one.
    return 2 * getsizeof(text) + values * _WEIGHT_OF_A_VALUE
