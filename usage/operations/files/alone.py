"""One worker at a file: a lock that the database gives up with the connection, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from usage.store.locks import Lock


@contextmanager
def alone_at(file_id: int) -> Iterator[bool]:
    """Yield whether this worker has the file to itself until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [Lock.FILES, file_id % 2**31])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [Lock.FILES, file_id % 2**31])
