"""How far everything is over: what no transaction can store usage before any more."""

from django.db import connection

_ASKED = 3
# What is known of other sessions is remembered until the transaction ends.
_FORGET = "SELECT pg_stat_clear_snapshot()"
# A snapshot lists what is under way in all databases of the server. What is certainly of another
# one stores nothing here, and need not be waited for; nor does what the server does of its own,
# such as ANALYZE, which is nobody's.
_OLDEST = """
    SELECT greatest(%(known)s::xid8, least(next_to_begin, own, awaited)), awaited IS NULL
    FROM (
        SELECT pg_snapshot_xmax(pg_current_snapshot()) AS next_to_begin,
               pg_current_xact_id_if_assigned() AS own,
               (SELECT min(running) FROM pg_snapshot_xip(pg_current_snapshot()) AS running
                WHERE NOT EXISTS (
                    SELECT 1 FROM pg_stat_activity AS a
                    WHERE a.backend_xid = running::xid
                      AND (a.datname <> current_database() OR a.usesysid IS NULL)
                )) AS awaited
    ) AS now
"""


def oldest_under_way(*, known: str = "0") -> str:
    """
    Return the oldest transaction that may still store usage in this database, never below `known`.

    What those before it stored is seen by each statement that begins after this. It may be older
    than it is, since what has just ended elsewhere cannot be told from what is under way here.
    """
    oldest, is_all_over = known, False
    with connection.cursor() as cursor:
        for _ in range(_ASKED):
            cursor.execute(_FORGET)
            cursor.execute(_OLDEST, {"known": oldest})
            oldest, is_all_over = cursor.fetchone()
            # Else asked again: one of another database that was over between the snapshot and
            # the look at its session is not in the next snapshot.
            if is_all_over:
                break
    return oldest
