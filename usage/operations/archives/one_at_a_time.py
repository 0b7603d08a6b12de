"""One archiver at a time, in one process or several."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from usage.store.archives.archivers import AnotherArchives
from usage.store.locks import Lock


@contextmanager
def the_only_archiver() -> Iterator[None]:
    """
    Keep others from archiving and restoring while the block runs; it ends with the connection.

    :raises AnotherArchives:
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [Lock.ARCHIVING])
        if not cursor.fetchone()[0]:
            raise AnotherArchives
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [Lock.ARCHIVING])
