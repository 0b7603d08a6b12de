"""The next events of a file, as many as one transaction takes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from usage.files.read_row import RowReader
from usage.files.rows import BadRow, Row, Unreadable
from usage.intake.sent_event import Rejected, SentEvent

# So many that a commit costs little beside them, so few that a stop waits for a moment only.
CHUNK_EVENTS = 10_000
CHUNK_LETTERS = 16 * 2**20


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
    """Return what the next rows come to."""
    chunk, letters = Chunk(), 0
    try:
        for row in rows:
            events = reader.events(row)
            chunk.read += 1
            chunk.left_out += not events
            chunk.last_row = row.number
            for event in events:
                chunk.items.append(event)
                chunk.rows.append(row.number)
                letters += len(event.text) if isinstance(event, SentEvent) else 0
            if chunk.read >= CHUNK_EVENTS or len(chunk.items) >= CHUNK_EVENTS:
                return chunk
            if letters >= CHUNK_LETTERS:
                return chunk
    except Unreadable as failure:
        chunk.failure = failure
    chunk.is_last = True
    return chunk
