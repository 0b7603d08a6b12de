"""Keeping archivers away, for whoever changes what a file must not miss."""

from django.db import connection

from usage.store.locks import Lock


class AnotherArchives(RuntimeError):
    """Another process has archived months in hand."""

    def __init__(self) -> None:
        super().__init__(
            "Another process is archiving or restoring a month, or keeps archivers away: "
            "try again later."
        )


def keep_archivers_away() -> None:
    """
    Keep archivers away until the transaction at hand ends, without waiting for one at work.

    Before any other lock: an archiver that is at work may be so for hours, and nobody should
    wait for whoever waits for it.

    :raises AnotherArchives:
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [Lock.ARCHIVING])
        if not cursor.fetchone()[0]:
            raise AnotherArchives
