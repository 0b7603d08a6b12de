"""The usage store in PostgreSQL: keys apart from events, events by month."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from usage.store.interface import Appended, NewEvent, StoredEvent, StoredQuantity
from values.period import Period

_EVENT_COLUMNS = (
    "occurred_at", "key", "source_id", "customer_id", "received_at", "event_name",
    "idempotency_key", "sent",
)  # fmt: skip
_EVENT_TYPES = ("timestamptz", "uuid", "int8", "int8", "timestamptz", "text", "text", "text")
_READING_COLUMNS = (
    "occurred_at", "key", "customer_id", "meter_id", "dimensions_id", "quantity",
)  # fmt: skip
_FETCHED_AT_ONCE = 5_000
_AFTER = 'AND (r.occurred_at, e.idempotency_key COLLATE "C", r.key) > (%s, %s, %s)'
_ABOUT = "e.sent::jsonb #>> %s::text[] = ANY(%s)"
_READING_TYPES = ("timestamptz", "uuid", "int8", "int8", "int8", "numeric")

# What a snapshot shows, and what the transaction at hand has itself stored.
SHOWN = (
    "(pg_visible_in_snapshot(ingest_tx, %s::pg_snapshot)"
    " OR ingest_tx IS NOT DISTINCT FROM pg_current_xact_id_if_assigned())"
)


class PostgresUsageStore:
    """Events by COPY, each key once by the primary key of `usage_key`."""

    def append(self, events: Sequence[NewEvent], *, received_at: datetime) -> Appended:
        """Store the events whose key is new; see `UsageStore.append`."""
        # Sorted, so that two writers wait for each other in one order and never in a circle.
        ordered = sorted(events, key=lambda event: event.key)
        new = self._take_keys(ordered)
        fresh = [event for event in ordered if event.key in new and event.customer_id is not None]
        self._copy(
            "usage_event", _EVENT_COLUMNS, _EVENT_TYPES,
            [
                (event.occurred_at, event.key, event.source_id, event.customer_id, received_at,
                 event.event_name, event.idempotency_key, event.sent)
                for event in fresh
            ],
        )  # fmt: skip
        self.append_readings(fresh)
        known = self.fingerprints([event.key for event in ordered if event.key not in new])
        return Appended(new=frozenset(new), known=known)

    def append_readings(self, events: Sequence[NewEvent]) -> None:
        """Store what the meters count of events."""
        self._copy(
            "usage_reading", _READING_COLUMNS, _READING_TYPES,
            [
                (event.occurred_at, event.key, event.customer_id, reading.meter_id,
                 reading.dimensions_id, reading.quantity)
                for event in events
                for reading in event.readings
            ],
        )  # fmt: skip

    def append_released(self, event: NewEvent, *, received_at: datetime) -> None:
        """
        Store an event whose key was taken when it went to quarantine.

        By now it may be known for a call, which counts when it was answered: the key follows.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE usage_key SET occurred_at = %s WHERE key = %s AND occurred_at <> %s",
                [event.occurred_at, event.key, event.occurred_at],
            )
        self._copy(
            "usage_event", _EVENT_COLUMNS, _EVENT_TYPES,
            [
                (event.occurred_at, event.key, event.source_id, event.customer_id, received_at,
                 event.event_name, event.idempotency_key, event.sent)
            ],
        )  # fmt: skip
        self.append_readings([event])

    def snapshot(self) -> str:
        """Return which transactions have committed by now, as PostgreSQL writes it."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            return str(cursor.fetchone()[0])

    def aggregate(
        self,
        *,
        customer_id: int,
        meter_ids: Sequence[int],
        slices: Sequence[Period],
        snapshot: str,
        unless_in: str | None = None,
    ) -> list[StoredQuantity]:
        """Return the sums per meter, combination and slice; see `UsageStore.aggregate`."""
        starts = [part.start for part in slices]
        fresh = "" if unless_in is None else f"AND NOT {SHOWN}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT meter_id, dimensions_id, width_bucket(occurred_at, %s::timestamptz[]),
                       sum(quantity), count(*)
                FROM usage_reading
                WHERE customer_id = %s AND meter_id = ANY(%s)
                  AND occurred_at >= %s AND occurred_at < %s AND {SHOWN} {fresh}
                GROUP BY 1, 2, 3
                ORDER BY 1, 2, 3
                """,
                [
                    starts,
                    customer_id,
                    list(meter_ids),
                    slices[0].start,
                    slices[-1].end,
                    snapshot,
                    *([] if unless_in is None else [unless_in]),
                ],
            )
            return [
                StoredQuantity(
                    meter_id=meter_id,
                    dimensions_id=dimensions_id,
                    slice=slices[bucket - 1],
                    quantity=quantity,
                    events=count,
                )
                for meter_id, dimensions_id, bucket, quantity, count in cursor.fetchall()
            ]

    def events(
        self,
        *,
        customer_id: int,
        meter_id: int,
        span: Period,
        snapshot: str,
        about: Mapping[str, Collection[str]] | None = None,
    ) -> Iterator[StoredEvent]:
        """Yield a meter's events in order; see `UsageStore.events`."""
        after: tuple[datetime, str, UUID] | None = None
        while True:
            rows = self._events(customer_id, meter_id, span, snapshot, after, about)
            yield from rows
            if len(rows) < _FETCHED_AT_ONCE:
                return
            after = rows[-1].occurred_at, rows[-1].idempotency_key, rows[-1].key

    def fingerprints(self, keys: Sequence[UUID]) -> dict[UUID, int]:
        """Return the fingerprints of those keys that are taken; see `UsageStore`."""
        if not keys:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key, fingerprint FROM usage_key WHERE key = ANY(%s)", [list(keys)]
            )
            return dict(cursor.fetchall())

    def bodies(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Return the stored bodies; see `UsageStore.bodies`."""
        if not keys:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT e.key, e.sent FROM usage_key AS k
                JOIN usage_event AS e ON e.key = k.key AND e.occurred_at = k.occurred_at
                WHERE k.key = ANY(%(keys)s)
                UNION ALL
                SELECT q.key, q.sent FROM usage_quarantinedevent AS q WHERE q.key = ANY(%(keys)s)
                """,
                {"keys": list(keys)},
            )
            return dict(cursor.fetchall())

    def _events(
        self,
        customer_id: int,
        meter_id: int,
        span: Period,
        snapshot: str,
        after: tuple[datetime, str, UUID] | None,
        about: Mapping[str, Collection[str]] | None,
    ) -> list[StoredEvent]:
        following = "" if after is None else _AFTER
        asked = "" if about is None else f"AND ({' OR '.join([_ABOUT] * len(about))})"
        # Keys in the order in which the engines compare texts, whatever the database's own.
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT r.key, e.occurred_at, e.idempotency_key, e.event_name, e.sent
                FROM usage_reading AS r
                JOIN usage_event AS e ON e.occurred_at = r.occurred_at AND e.key = r.key
                WHERE r.customer_id = %s AND r.meter_id = %s
                  AND r.occurred_at >= %s AND r.occurred_at < %s AND {SHOWN} {following}
                  {asked}
                ORDER BY r.occurred_at, e.idempotency_key COLLATE "C", r.key
                LIMIT %s
                """,
                [
                    customer_id, meter_id, span.start if after is None else after[0], span.end,
                    snapshot, *(() if after is None else after),
                    *(part for name, values in (about or {}).items()
                      for part in (["properties", name], list(values))),
                    _FETCHED_AT_ONCE,
                ],
            )  # fmt: skip
            return [StoredEvent(*row) for row in cursor.fetchall()]

    def _take_keys(self, events: Sequence[NewEvent]) -> set[UUID]:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO usage_key (key, fingerprint, occurred_at)
                SELECT * FROM unnest(%s::uuid[], %s::int8[], %s::timestamptz[])
                ON CONFLICT DO NOTHING RETURNING key
                """,
                [
                    [event.key for event in events],
                    [event.fingerprint for event in events],
                    [event.occurred_at for event in events],
                ],
            )
            return {key for (key,) in cursor.fetchall()}

    def _copy(
        self,
        table: str,
        columns: Sequence[str],
        types: Sequence[str],
        rows: Sequence[tuple[object, ...]],
    ) -> None:
        if not rows:
            return
        with connection.cursor() as cursor:
            statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
            with cursor.copy(statement) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)
