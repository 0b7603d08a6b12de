"""
Rows of the store's tables in PostgreSQL's binary format of COPY.

A driver that asks each value for its type takes longer over a row than the database does to store
it; what the columns are is known here. Every value is its length and its bytes, high ones first.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from struct import Struct

from psycopg import adapters
from psycopg.adapt import PyFormat

from usage.store.interface import NewEvent

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_LENGTH = Struct("!i")
_NULLS = _LENGTH.pack(-1) * 3
_NOTHING = Decimal(0)
# A row begins with how many values it has.
_KEY = Struct("!h i16s iq iq")
_RECORD = Struct("!h iq iq i16s ii ii ii ii")

KEY_COLUMNS = ("key", "fingerprint", "occurred_at")
RECORD_COLUMNS = (
    "occurred_at", "received_at", "key", "customer_id", "meter_id", "dimensions_id", "source_id",
    "quantity", "event_name", "idempotency_key", "sent",
)  # fmt: skip


def key_rows(events: Iterable[NewEvent]) -> Iterator[bytes]:
    """Yield the row of each event in `usage_key`."""
    pack = _KEY.pack
    for event in events:
        yield pack(
            3, 16, event.key.bytes, 8, event.fingerprint, 8, _microseconds(event.occurred_at)
        )


def record_rows(events: Iterable[NewEvent], received_at: datetime) -> Iterator[bytes]:
    """
    Yield the rows of attributed events in `usage_record`: one for each meter.

    The first one has what the event says, and is there always.
    """
    pack, received, number, name = _RECORD.pack, _microseconds(received_at), _numbers(), _names()
    for event in events:
        occurred, key = _microseconds(event.occurred_at), event.key.bytes
        customer_id, source_id = event.customer_id, event.source_id
        said = (
            name(event.event_name)
            + _value(event.idempotency_key.encode())
            + _value(event.sent.encode())
        )
        if not event.readings:
            yield pack(
                11, 8, occurred, 8, received, 16, key, 4, customer_id, 4, 0, 4, 0, 4, source_id
            ) + number(_NOTHING) + said  # fmt: skip
        for reading in event.readings:
            yield pack(
                11, 8, occurred, 8, received, 16, key, 4, customer_id,
                4, reading.meter_id, 4, reading.dimensions_id, 4, source_id,
            ) + number(reading.quantity) + said  # fmt: skip
            said = _NULLS


def _microseconds(instant: datetime) -> int:
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _value(written: bytes) -> bytes:
    return _LENGTH.pack(len(written)) + written


def _numbers() -> Callable[[Decimal], bytes]:
    """Return the function that writes a number, each once: 5 and 5.0 are two."""
    dump = adapters.get_dumper(Decimal, PyFormat.BINARY)(Decimal).dump
    known: dict[str, bytes] = {}

    def number(quantity: Decimal) -> bytes:
        text = str(quantity)
        written = known.get(text)
        if written is None:
            written = known[text] = _value(bytes(dump(quantity) or b""))
        return written

    return number


def _names() -> Callable[[str], bytes]:
    known: dict[str, bytes] = {}

    def name(text: str) -> bytes:
        written = known.get(text)
        if written is None:
            written = known[text] = _value(text.encode())
        return written

    return name
