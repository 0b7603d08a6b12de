"""Appending: the keys first, then the events whose keys were free."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from django.db import connection

from usage.store.copying import copy_rows
from usage.store.interface import Appended, NewEvent
from usage.store.keys import fingerprints_of, take_keys

_COLUMNS = (
    "occurred_at", "received_at", "key", "customer_id", "meter_id", "dimensions_id", "source_id",
    "quantity", "event_name", "idempotency_key", "sent",
)  # fmt: skip
_TYPES = (
    "timestamptz", "timestamptz", "uuid", "int4", "int4", "int4", "int4", "numeric", "text",
    "text", "text",
)  # fmt: skip
_NOTHING = Decimal(0)


def append_events(events: Sequence[NewEvent], *, received_at: datetime) -> Appended:
    """Store the events whose key is new; see `UsageStore.append`."""
    # Sorted, so that two writers wait for each other in one order and never in a circle.
    ordered = sorted(events, key=attrgetter("key"))
    new = take_keys(ordered)
    known = [] if len(new) == len(ordered) else [e.key for e in ordered if e.key not in new]
    fresh = ordered if not known else [event for event in ordered if event.key in new]
    attributed = [event for event in fresh if event.customer_id is not None]
    if attributed:
        copy_rows("usage_record", _COLUMNS, _TYPES, _records(attributed, received_at))
    return Appended(new=new, known=fingerprints_of(known))


def append_released(event: NewEvent, *, received_at: datetime) -> None:
    """
    Store an event whose key was taken when it went to quarantine.

    By now it may be known for a call, which counts when it was answered: the key follows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE usage_key SET occurred_at = %s WHERE key = %s AND occurred_at <> %s",
            [event.occurred_at, event.key, event.occurred_at],
        )
    copy_rows("usage_record", _COLUMNS, _TYPES, _records([event], received_at))


def _records(events: Sequence[NewEvent], received_at: datetime) -> Iterator[tuple[object, ...]]:
    """Yield a row for each meter; the first one has what the event says, and is there always."""
    for event in events:
        said: tuple[str | None, ...] = (event.event_name, event.idempotency_key, event.sent)
        if not event.readings:
            yield (
                event.occurred_at, received_at, event.key, event.customer_id, 0, 0,
                event.source_id, _NOTHING, *said,
            )  # fmt: skip
        for reading in event.readings:
            yield (
                event.occurred_at, received_at, event.key, event.customer_id, reading.meter_id,
                reading.dimensions_id, event.source_id, reading.quantity, *said,
            )  # fmt: skip
            said = (None, None, None)
