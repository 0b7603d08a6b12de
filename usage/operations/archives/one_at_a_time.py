"""One archiver at a time, in one process or several."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from usage.store.locks import Lock


class AnotherArchives(RuntimeError):
    """Another process has an archive in hand."""


@contextmanager
def the_only_archiver() -> Iterator[None]:
    """
    Keep others from archiving and restoring while the block runs; it ends with the connection.

    :raises AnotherArchives:
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [Lock.ARCHIVING])
        if not cursor.fetchone()[0]:
            raise AnotherArchives("Another process is archiving or restoring a month.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [Lock.ARCHIVING])


def keep_archivers_away() -> None:
    """
    Keep archivers away until the transaction at hand ends, without waiting for one at work.

    For whoever changes what stored events say, which a file must not miss.

    :raises AnotherArchives:
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [Lock.ARCHIVING])
        if not cursor.fetchone()[0]:
            raise AnotherArchives("Another process is archiving or restoring a month.")
