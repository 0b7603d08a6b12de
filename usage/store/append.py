"""Appending: the keys first, then the events whose keys were free."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from django.db import connection

from usage.store.binary_rows import RECORD_COLUMNS, record_rows
from usage.store.copying import copy_rows
from usage.store.interface import Appended, NewEvent
from usage.store.keys import fingerprints_of, take_keys
from values.failpoints import reached


def append_events(events: Sequence[NewEvent], *, received_at: datetime) -> Appended:
    """Store the events whose key is new; see `UsageStore.append`."""
    # Sorted, so that two writers wait for each other in one order and never in a circle.
    ordered = sorted(events, key=attrgetter("key.int"))
    new = take_keys(ordered)
    reached("ingest.keys_taken")
    known = [] if len(new) == len(ordered) else [e.key for e in ordered if e.key not in new]
    fresh = ordered if not known else [event for event in ordered if event.key in new]
    attributed = [event for event in fresh if event.customer_id is not None]
    if attributed:
        copy_rows("usage_record", RECORD_COLUMNS, record_rows(attributed, received_at))
    reached("ingest.records_copied")
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
    copy_rows("usage_record", RECORD_COLUMNS, record_rows([event], received_at))
