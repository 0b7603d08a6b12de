"""
Undoing a backfill and issuing invoices keep apart.

From its first step to its last an undoing shows some of the events twice removed from the truth:
taken away and not put back yet. An invoice is frozen over all of it or none. Who issues holds
that no undoing begins or ends meanwhile, and looks whether one is under way. One lock is for all:
undoing is seldom, and whom it touches is known only in it.
"""

from django.db import connection

from usage.store.locks import Lock


def hold_undoing_still() -> None:
    """Let no undoing begin or end until this transaction does; any number may hold it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [Lock.UNDOING])


def wait_for_issuing() -> None:
    """Wait for whoever issues, and let nobody begin until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.UNDOING])
