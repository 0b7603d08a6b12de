"""The store's append of prepared rows, empty and after many rows."""

import time
from collections.abc import Callable, Sequence

from django.db import connection, transaction

from benchmarks.ingesting.measured import Measured
from benchmarks.ingesting.raw_copy import copy_raw, make_bare_table
from benchmarks.ingesting.sizes import print_sizes, wal_bytes, wal_position
from benchmarks.ingesting.world import START, World, calls
from usage.store import store
from usage.store.interface import NewEvent

BATCH = 10_000
ROUNDS = 15


def measure_store(world: World, *, rows: int) -> list[Measured]:
    """
    Measure the append at empty, and once this many rows are stored; print what they take.

    Batches of the bare table and of the store take turns, so that whatever else the machine
    does slows both.
    """
    measured = _in_turns(world, "append to an empty store", first=0)
    stored = ROUNDS * BATCH
    log, filled_from = wal_position(), stored
    while stored < rows:
        append(calls(world, first=stored, count=BATCH))
        stored += BATCH
    if stored > filled_from:
        print(f"bytes of log an event: {wal_bytes(log) / (stored - filled_from):,.0f}")
    measured += _in_turns(world, f"append after {stored:,} rows", first=stored)
    stored += ROUNDS * BATCH
    body_bytes = sum(len(event.sent) for event in calls(world, first=0, count=BATCH)) / BATCH
    print_sizes(events=stored, body_bytes=body_bytes)
    return measured


def append(events: Sequence[NewEvent]) -> None:
    """Append and commit; all of them are new."""
    with transaction.atomic():
        appended = store.append(events, received_at=START)
    assert len(appended.new) == len(events)


def _in_turns(world: World, name: str, *, first: int) -> list[Measured]:
    make_bare_table()
    _settle()
    raw, appended = [], []
    for number in range(ROUNDS):
        events = calls(world, first=first + number * BATCH, count=BATCH)
        raw.append(_seconds(copy_raw, events))
        appended.append(_seconds(append, events))
    return [
        Measured("COPY of whole events into a bare table", BATCH, raw, raw),
        Measured(name, BATCH, appended, raw),
    ]


def _settle() -> None:
    """Have the database write out and vacuum what it owes for the events before: nobody's batch."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) usage_record, usage_key")
        cursor.execute("CHECKPOINT")


def _seconds(work: Callable[[Sequence[NewEvent]], None], events: Sequence[NewEvent]) -> float:
    started_at = time.perf_counter()
    work(events)
    return time.perf_counter() - started_at
