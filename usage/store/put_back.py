"""Void events stored once more, as they were counted, each under a key of its own."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection


class NotStored(LookupError):
    """An event that is to be put back is not stored."""


def put_back_events(keys: Mapping[UUID, UUID], *, received_at: datetime) -> frozenset[UUID]:
    """Store events again as they were counted; see `UsageStore.put_back`."""
    stored = sorted(keys, key=lambda key: keys[key])
    asked = [stored, [keys[key] for key in stored]]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH asked AS (SELECT * FROM unnest(%s::uuid[], %s::uuid[]) AS a (stored, key))
            SELECT count(*) FROM asked JOIN usage_key AS k ON k.key = asked.stored
            WHERE EXISTS (
                SELECT 1 FROM usage_record AS r
                WHERE r.occurred_at = k.occurred_at AND r.key = k.key
            )
            """,
            asked,
        )
        if cursor.fetchone()[0] != len(stored):
            raise NotStored("An event that is to be put back is not stored.")
        cursor.execute(
            """
            INSERT INTO usage_key (key, fingerprint, occurred_at)
            SELECT a.key, k.fingerprint, k.occurred_at
            FROM unnest(%s::uuid[], %s::uuid[]) AS a (stored, key)
            JOIN usage_key AS k ON k.key = a.stored
            ORDER BY a.key ON CONFLICT DO NOTHING RETURNING key
            """,
            asked,
        )
        new = frozenset(key for (key,) in cursor.fetchall())
        fresh = [key for key in stored if keys[key] in new]
        cursor.execute(
            """
            INSERT INTO usage_record (
                occurred_at, received_at, key, customer_id, meter_id, dimensions_id, source_id,
                quantity, event_name, idempotency_key, sent
            )
            SELECT r.occurred_at, %s, a.key, r.customer_id, r.meter_id, r.dimensions_id,
                   r.source_id, r.quantity, r.event_name, r.idempotency_key, r.sent
            FROM unnest(%s::uuid[], %s::uuid[]) AS a (stored, key)
            JOIN usage_key AS k ON k.key = a.stored
            JOIN usage_record AS r ON r.occurred_at = k.occurred_at AND r.key = k.key
            """,
            [received_at, fresh, [keys[key] for key in fresh]],
        )
    return new
