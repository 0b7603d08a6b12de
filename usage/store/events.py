"""Listing what a meter counts, in pages, and bodies as they were sent."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from usage.store.archives.archived import archived_is_said
from usage.store.interface import StoredEvent
from usage.store.shown import not_void
from values.period import Period

_FETCHED_AT_ONCE = 5_000
_AFTER = 'AND (r.occurred_at, e.idempotency_key COLLATE "C", r.key) > (%s, %s, %s)'
# Asked for in a row of its own: in a condition it would not be, where the months have no table.
_WHOLE = "usage_whole(%s, ARRAY[%s]::integer[], ARRAY[%s], ARRAY[%s])"
_ABOUT = "e.sent::jsonb #>> %s::text[] = ANY(%s)"


def counted_events(
    customer_id: int,
    meter_id: int,
    span: Period,
    snapshot: str,
    about: Mapping[str, Collection[str]] | None = None,
    *,
    stored_from: str | None = None,
) -> Iterator[StoredEvent]:
    """
    Yield a meter's events in order; see `UsageStore.events`.

    With `stored_from` those alone that this transaction or a later one stored.
    """
    after: tuple[datetime, str, UUID] | None = None
    while True:
        rows = _page(customer_id, meter_id, span, snapshot, after, about, stored_from)
        yield from rows
        if len(rows) < _FETCHED_AT_ONCE:
            return
        after = rows[-1].occurred_at, rows[-1].idempotency_key, rows[-1].key


def stored_bodies(keys: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the stored bodies; see `UsageStore.bodies`."""
    return _of_stored(keys, "sent")


def stored_body_bytes(keys: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return how long the stored bodies are; see `UsageStore.body_bytes`."""
    return _of_stored(keys, "octet_length(sent)")


def _of_stored(keys: Sequence[UUID], wanted: str) -> dict[UUID, Any]:
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.key, {wanted} FROM usage_key AS k
            JOIN usage_event AS e ON e.key = k.key AND e.occurred_at = k.occurred_at
            WHERE k.key = ANY(%(keys)s)
            UNION ALL
            SELECT q.key, {wanted} FROM usage_quarantinedevent AS q WHERE q.key = ANY(%(keys)s)
            """,
            {"keys": list(keys)},
        )
        return dict(cursor.fetchall())


def _page(
    customer_id: int,
    meter_id: int,
    span: Period,
    snapshot: str,
    after: tuple[datetime, str, UUID] | None,
    about: Mapping[str, Collection[str]] | None,
    stored_from: str | None,
) -> list[StoredEvent]:
    following = "" if after is None else _AFTER
    stored = "" if stored_from is None else "AND r.ingest_tx >= %s::text::xid8"
    asked = "" if about is None else f"AND ({' OR '.join([_ABOUT] * len(about))})"
    whole = "true" if stored_from else _WHOLE
    # Keys in the order in which the engines compare texts, whatever the database's own.
    with archived_is_said(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT listed.*, whole.is_whole FROM (SELECT {whole} AS is_whole OFFSET 0) AS whole
            LEFT JOIN (
            SELECT r.key, e.occurred_at, e.idempotency_key, e.event_name, e.sent
            FROM usage_reading AS r
            JOIN usage_event AS e ON e.occurred_at = r.occurred_at AND e.key = r.key
            WHERE r.customer_id = %s AND r.meter_id = %s
              AND r.occurred_at >= %s AND r.occurred_at < %s
              AND usage_shown(r.ingest_tx, %s) AND {not_void("r", "%s")} {following} {stored}
              {asked}
            ORDER BY r.occurred_at, e.idempotency_key COLLATE "C", r.key
            LIMIT %s
            ) AS listed ON true
            ORDER BY listed.occurred_at, listed.idempotency_key COLLATE "C", listed.key
            """,
            [
                *(() if stored_from else (customer_id, meter_id, span.start, span.end)),
                customer_id, meter_id, span.start if after is None else after[0], span.end,
                snapshot, snapshot, *(() if after is None else after),
                *(() if stored_from is None else (stored_from,)),
                *(part for name, values in (about or {}).items()
                  for part in (["properties", name], list(values))),
                _FETCHED_AT_ONCE,
            ],
        )  # fmt: skip
        return [StoredEvent(*row) for *row, _ in cursor.fetchall() if row[0] is not None]
