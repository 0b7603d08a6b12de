"""Each key once, for ever: the primary key of `usage_key` decides."""

from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError, transaction
from psycopg.errors import LockNotAvailable, UniqueViolation

from accounts.prepared import run_prepared
from usage.store.binary_rows import KEY_COLUMNS, key_rows
from usage.store.copying import copy_rows
from usage.store.interface import NewEvent
from values.failpoints import reached

# Fewer are told apart by one statement sooner than by a savepoint and a COPY.
_MANY = 1_000
# A COPY takes keys partition by partition, so two writers may come to wait in a circle. It gives
# way before the database has to break it.
_LONGEST_WAIT = "100ms"


def take_keys(events: Sequence[NewEvent]) -> frozenset[UUID]:
    """
    Take the keys of these events, sorted by key, and return those that were free.

    Mostly all are: many are written at once, which costs a third of asking for each. One that
    was taken, or is being taken, undoes that, and each is asked for.
    """
    if len(events) >= _MANY and _all_taken(events):
        return frozenset(event.key for event in events)
    return _taken_one_by_one(events)


def fingerprints_of(keys: Sequence[UUID]) -> dict[UUID, int]:
    """Return the fingerprints of those keys that are taken."""
    if not keys:
        return {}
    return dict(
        run_prepared(
            "SELECT key, fingerprint FROM usage_key WHERE key = ANY(%s::uuid[])", [list(keys)]
        )
    )


def _all_taken(events: Sequence[NewEvent]) -> bool:
    """Return whether all keys were free and are taken now; else nothing has changed."""
    try:
        with transaction.atomic():
            wait = _lock_timeout(_LONGEST_WAIT)
            copy_rows("usage_key", KEY_COLUMNS, key_rows(events))
            reached("ingest.keys_copied")
            _lock_timeout(wait)
    except DatabaseError as error:
        if isinstance(error.__cause__, UniqueViolation | LockNotAvailable):
            return False
        raise
    return True


def _lock_timeout(wait: str) -> str:
    """Set how long this transaction waits for another's lock, and return how long it did."""
    ((before, _),) = run_prepared(
        "SELECT before, set_config('lock_timeout', %s, true)"
        " FROM current_setting('lock_timeout') AS before",
        [wait],
    )
    return str(before)


def _taken_one_by_one(events: Sequence[NewEvent]) -> frozenset[UUID]:
    taken = run_prepared(
        """
        INSERT INTO usage_key (key, fingerprint, occurred_at)
        SELECT * FROM unnest(%s::uuid[], %s::int8[], %s::timestamptz[])
        ON CONFLICT DO NOTHING RETURNING key
        """,
        [
            [event.key for event in events],
            [event.fingerprint for event in events],
            [event.occurred_at for event in events],
        ],
    )
    return frozenset(key for (key,) in taken)
