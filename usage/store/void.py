"""Events that count no more: a row that says so, beside the event that stays."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from usage.store.interface import NewVoid, Voided


def void_events(voids: Sequence[NewVoid], *, voided_at: datetime) -> Voided:
    """Let events count no more; see `UsageStore.void`."""
    wanted = {void.key: void for void in voids}
    ordered = [wanted[key] for key in sorted(wanted)]
    keys = [void.key for void in ordered]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO usage_void (key, customer_id, occurred_at, voided_at, reason, replaced_by)
            SELECT e.key, e.customer_id, e.occurred_at, %s, v.reason, v.replaced_by
            FROM unnest(%s::uuid[], %s::text[], %s::uuid[]) WITH ORDINALITY
                 AS v (key, reason, replaced_by, place)
            JOIN usage_key AS k ON k.key = v.key
            JOIN usage_event AS e ON e.occurred_at = k.occurred_at AND e.key = k.key
            ORDER BY v.place
            ON CONFLICT DO NOTHING RETURNING key
            """,
            [
                voided_at, keys, [void.reason for void in ordered],
                [void.replaced_by for void in ordered],
            ],
        )  # fmt: skip
        new = frozenset(key for (key,) in cursor.fetchall())
        cursor.execute("SELECT key FROM usage_void WHERE key = ANY(%s)", [keys])
        known = frozenset(key for (key,) in cursor.fetchall()) - new
    return Voided(new=new, known=known, missing=frozenset(keys) - new - known)
