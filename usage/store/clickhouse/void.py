"""Voids of events that PostgreSQL does not hold any more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from usage.store.clickhouse.client import query
from usage.store.clickhouse.events import happened_at
from usage.store.clickhouse.question import KEYS_AT_ONCE, one_of
from usage.store.interface import NewVoid, Voided


def void_moved(voids: Sequence[NewVoid], *, voided_at: datetime) -> Voided:
    """
    Let these events, none of which PostgreSQL holds or has as void, count no more.

    :raises StoreUnavailable:
    """
    wanted = {void.key: void for void in voids}
    holders = _customers_of(sorted(wanted))
    found = [wanted[key] for key in sorted(holders)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO usage_void (key, customer_id, occurred_at, voided_at, reason, replaced_by)
            SELECT k.key, v.customer_id, k.occurred_at, %s, v.reason, v.replaced_by
            FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::uuid[]) WITH ORDINALITY
                 AS v (key, customer_id, reason, replaced_by, place)
            JOIN usage_key AS k ON k.key = v.key
            ORDER BY v.place
            ON CONFLICT DO NOTHING RETURNING key
            """,
            [
                voided_at, [void.key for void in found], [holders[void.key] for void in found],
                [void.reason for void in found], [void.replaced_by for void in found],
            ],
        )  # fmt: skip
        new = frozenset(key for (key,) in cursor.fetchall())
    return Voided(
        new=new, known=frozenset(holders) - new, missing=frozenset(wanted) - frozenset(holders)
    )


def _customers_of(keys: Sequence[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        chunk = keys[start : start + KEYS_AT_ONCE]
        found.update(
            query(
                f"""
                SELECT key, any(customer_id) FROM usage_record
                WHERE {one_of(chunk)} AND {happened_at(chunk)} GROUP BY key
                """
            )
        )
    return found
