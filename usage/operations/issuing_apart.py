"""
Changes of usage that take many steps, and issuing invoices, keep apart.

Undoing a backfill, closing one that replaces what there is and moving the usage of a subject
commit chunk by chunk, and in between some events count twice, or nowhere, or still with who held
the number before. An invoice is frozen over all of such a change or none. Who issues holds that
none of them ends meanwhile, looks at the usage, and then whether one is under way (see
`usage.queries.unsettled`). Whatever the look at the usage has seen of a change, that it is under
way was committed by then; and it is not over, since the end waits for who issues.

One lock is for all: such changes are seldom, and whom they touch is mostly known only in them.
It comes before that of `changing_hands`, and nobody who holds that one waits for it.
"""

from django.db import connection

from usage.store.locks import Lock


def hold_changes_still() -> None:
    """Let no such change end until this transaction does; any number may hold it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [Lock.ISSUING])


def wait_for_issuing() -> None:
    """Wait for whoever issues, and let nobody begin until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.ISSUING])
