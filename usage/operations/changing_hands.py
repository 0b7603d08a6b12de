"""
Usage that comes while a subject changes hands: one of the two sees the other.

Who attributes events looks who holds their subjects, and commits them a moment later. Between the
two the holder may change, and its usage be moved: what is under way then would be moved by nobody.
So whoever attributes holds a lock that all who do share, from before the look to the commit. Who
changed a holder takes it alone at the end: by then all that was attributed as before is committed
and can be found, and whoever looks later waits for the commit of the change.
"""

from collections.abc import Iterable

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from accounts.prepared import run_prepared
from usage.store.locks import Lock

# Moves of different subjects seldom wait for each other, and a file of thousands takes few locks.
_BUCKETS = 64
# Less than senders wait: one who stores without end stops a change of hands, and not them.
_LONGEST_WAIT = "4s"


def attribute(*, longest_wait: str | None = None) -> None:
    """
    Begin to attribute events, in the transaction that stores them.

    It waits no longer for any lock than is said here, such as "5s".

    :raises OperationalError: another held one for too long.
    """
    run_prepared(
        "SELECT pg_advisory_xact_lock_shared(%s::int8) FROM set_config("
        "'lock_timeout', coalesce(%s::text, current_setting('lock_timeout')), true)",
        [Lock.ATTRIBUTING, longest_wait],
    )


class StoringGoesOn(OperationalError):
    """What is being stored did not come to its end while somebody waited for it."""


def await_attributed() -> None:
    """
    Wait until what is being attributed is committed; until this transaction ends no more is.

    It holds up all usage: there should be little left to do.

    :raises StoringGoesOn: somebody attributes for too long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_LONGEST_WAIT])
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.ATTRIBUTING])
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise StoringGoesOn(
                    "Usage that is being stored right now took too long: nothing is changed. "
                    "Try it again in a minute."
                ) from error
            raise
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])


def move_alone(identifiers: Iterable[str]) -> None:
    """
    Be the only one who moves the usage of these subjects, until the transaction ends.

    Two who moved the same events would each void what they saw, and neither see what the other
    one put in its place.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_advisory_xact_lock(%s, bucket) FROM (
                SELECT DISTINCT abs(hashtext(identifier) %% %s) AS bucket
                FROM unnest(%s::text[]) AS identifier ORDER BY bucket
            ) AS sorted
            """,
            [Lock.MOVING_SUBJECTS, _BUCKETS, list(identifiers)],
        )
