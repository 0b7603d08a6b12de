"""Each key once, for ever: the primary key of `usage_key` decides."""

from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from psycopg.errors import LockNotAvailable, UniqueViolation

from usage.store.copying import copy_rows
from usage.store.interface import NewEvent

_COLUMNS = ("key", "fingerprint", "occurred_at")
_TYPES = ("uuid", "int8", "timestamptz")
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
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, fingerprint FROM usage_key WHERE key = ANY(%s)", [list(keys)])
        return dict(cursor.fetchall())


def _all_taken(events: Sequence[NewEvent]) -> bool:
    """Return whether all keys were free and are taken now; else nothing has changed."""
    rows = [(event.key, event.fingerprint, event.occurred_at) for event in events]
    try:
        with transaction.atomic():
            wait = _lock_timeout(_LONGEST_WAIT)
            copy_rows("usage_key", _COLUMNS, _TYPES, rows)
            _lock_timeout(wait)
    except DatabaseError as error:
        if isinstance(error.__cause__, UniqueViolation | LockNotAvailable):
            return False
        raise
    return True


def _lock_timeout(wait: str) -> str:
    """Set how long this transaction waits for another's lock, and return how long it did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT before, set_config('lock_timeout', %s, true)"
            " FROM current_setting('lock_timeout') AS before",
            [wait],
        )
        return str(cursor.fetchone()[0])


def _taken_one_by_one(events: Sequence[NewEvent]) -> frozenset[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
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
        return frozenset(key for (key,) in cursor.fetchall())
