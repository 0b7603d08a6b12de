"""Events that PostgreSQL does not hold any more, stored once more as they were counted."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from usage.store.clickhouse.client import query
from usage.store.clickhouse.events import happened_at
from usage.store.clickhouse.question import KEYS_AT_ONCE, instant_of, one_of
from usage.store.interface import NewEvent, NewReading
from usage.store.put_back import NotStored
from values.exact import plain


def elsewhere(keys: Sequence[UUID]) -> list[UUID]:
    """Return those of these keys that are taken by events which PostgreSQL does not hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT k.key FROM usage_key AS k
            WHERE k.key = ANY(%s) AND NOT EXISTS (
                SELECT 1 FROM usage_record AS r
                WHERE r.occurred_at = k.occurred_at AND r.key = k.key
            ) ORDER BY 1
            """,
            [list(keys)],
        )
        return [key for (key,) in cursor.fetchall()]


def moved_events(keys: Sequence[UUID]) -> list[NewEvent]:
    """
    Return these events as they were counted, with the fingerprints of their keys.

    :raises StoreUnavailable:
    :raises NotStored: ClickHouse does not hold them all.
    """
    if not keys:
        return []
    rows: dict[UUID, list[Any]] = {}
    for key, *row in _rows_of(keys):
        rows.setdefault(key, []).append(row)
    if len(rows) != len(keys):
        raise NotStored("An event that is to be put back is not stored.")
    marks = _fingerprints(keys)
    return [_event(key, marks[key], rows[key]) for key in keys]


def _rows_of(keys: Sequence[UUID]) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(keys), KEYS_AT_ONCE):
        chunk = keys[start : start + KEYS_AT_ONCE]
        yield from query(
            f"""
            SELECT key, customer_id, source_id, toUnixTimestamp64Micro(occurred_at), event_name,
                   idempotency_key, sent, meter_id, dimensions_id, toString(quantity)
            FROM usage_record WHERE {one_of(chunk)} AND {happened_at(chunk)}
            ORDER BY key, meter_id LIMIT 1 BY key, meter_id
            """
        )


def _fingerprints(keys: Sequence[UUID]) -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, fingerprint FROM usage_key WHERE key = ANY(%s)", [list(keys)])
        return dict(cursor.fetchall())


def _event(key: UUID, fingerprint: int, rows: Sequence[Sequence[Any]]) -> NewEvent:
    customer_id, source_id, happened, event_name, idempotency_key, sent, *_ = rows[0]
    return NewEvent(
        key=key,
        fingerprint=fingerprint,
        source_id=source_id,
        customer_id=customer_id,
        occurred_at=instant_of(happened),
        event_name=event_name,
        idempotency_key=idempotency_key,
        sent=sent,
        readings=tuple(
            NewReading(meter_id, dimensions_id, Decimal(plain(Decimal(quantity))))
            for *_, meter_id, dimensions_id, quantity in rows
            if meter_id  # 0 where no meter counts it
        ),
    )
