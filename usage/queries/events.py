"""Events as people look at them: what is behind a line, and what became of one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from usage.models import event_public_id
from usage.store.archives.archived import archived_is_said
from usage.store.shown import not_void


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """An event with what one meter counted of it."""

    key: UUID
    occurred_at: datetime
    idempotency_key: str
    quantity: Decimal
    sent: str

    @property
    def public_id(self) -> str:
        """Return the id that API and pages show."""
        return event_public_id(self.key)


@dataclass(frozen=True, slots=True)
class ReadingFate:
    """
    What one meter counted of an event, and what pricing made of it.

    `verdict` is "awaiting" until pricing has seen it, and "void" once the event does not count.
    """

    meter_id: int
    meter: str
    unit: str
    group_keys: Sequence[str]
    dimensions: dict[str, str]
    quantity: Decimal
    verdict: str
    price: str
    hint: dict[str, str] | None
    contract: str
    invoice: str
    line: str

    @property
    def absent(self) -> list[str]:
        """Return the group keys that the event does not have."""
        return [key for key in self.group_keys if key not in self.dimensions]


@dataclass(frozen=True, slots=True)
class LatestEvent:
    """An event in few words, with what each meter made of it."""

    key: UUID
    occurred_at: datetime
    event_name: str
    fates: list[ReadingFate]

    @property
    def public_id(self) -> str:
        """Return the id that API and pages show."""
        return event_public_id(self.key)


def counted_events(
    *,
    customer_id: int,
    meter_id: int,
    dimensions_id: int | None,
    start: datetime,
    end: datetime,
    snapshot: str,
    keys: Sequence[UUID] | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> list[CountedEvent]:
    """
    Return the events that a snapshot shows of one meter and combination in `[start, end)`.

    None for the combination is all of them. Events that the snapshot shows as void are left out.

    In order of time, then key; `after` is the place of the last one of the page before. With
    `keys` only those events.
    """
    combined = "" if dimensions_id is None else "AND r.dimensions_id = %s"
    chosen = "" if keys is None else "AND r.key = ANY(%s)"
    following = "" if after is None else "AND (r.occurred_at, r.key) > (%s, %s)"
    with archived_is_said(), connection.cursor() as cursor:
        # The page is cut from the readings' index first, so that its events alone are looked up.
        cursor.execute(
            f"""
            SELECT listed.*, whole.is_whole
            FROM (SELECT usage_whole(%s, ARRAY[%s]::integer[], ARRAY[%s], ARRAY[%s]) AS is_whole
                  OFFSET 0) AS whole
            LEFT JOIN (
            SELECT r.key, r.occurred_at, e.idempotency_key, r.quantity, e.sent
            FROM (
                SELECT r.key, r.occurred_at, r.quantity FROM usage_reading AS r
                WHERE r.customer_id = %s AND r.meter_id = %s {combined}
                  AND r.occurred_at >= %s AND r.occurred_at < %s
                  AND usage_shown(r.ingest_tx, %s) AND {not_void("r", "%s")} {chosen} {following}
                ORDER BY r.occurred_at, r.key LIMIT %s
            ) AS r
            JOIN usage_event AS e ON e.occurred_at = r.occurred_at AND e.key = r.key
            ) AS listed ON true
            ORDER BY listed.occurred_at, listed.key
            """,
            [
                customer_id, meter_id, start, end,
                customer_id, meter_id, *(() if dimensions_id is None else (dimensions_id,)),
                # Said once more without the key, so that months before it are not looked at.
                start if after is None else max(start, after[0]), end, snapshot,
                snapshot,
                *(() if keys is None else (list(keys),)),
                *(() if after is None else after), limit,
            ],
        )  # fmt: skip
        return [CountedEvent(*row) for *row, _ in cursor.fetchall() if row[0] is not None]


_FATE = """
    m.id AS meter_id, m.code, m.unit, m.group_keys, d.values, r.quantity,
    CASE WHEN EXISTS (SELECT 1 FROM usage_void AS void WHERE void.key = r.key)
         THEN 'void' ELSE coalesce(v.verdict, 'awaiting') END AS verdict,
    coalesce(v.price, '') AS price, v.hint,
    coalesce(v.contract, '') AS contract, coalesce(v.invoice, '') AS invoice,
    coalesce(v.line, '') AS line
"""
# By the meters of its name, which alone are looked at.
_READ_BY_METERS = f"""
    usage_meter AS m
    JOIN usage_reading AS r ON r.customer_id = e.customer_id AND r.meter_id = m.id
     AND r.occurred_at = e.occurred_at AND r.key = e.key
    JOIN usage_dimensionset AS d ON d.id = r.dimensions_id
    LEFT JOIN LATERAL (
        SELECT * FROM usage_ratingverdict AS said
        WHERE said.customer_id = r.customer_id AND said.meter_id = r.meter_id
          AND said.dimensions_id = r.dimensions_id
          AND said.starts_at <= r.occurred_at AND r.occurred_at < said.ends_at
          AND (pg_visible_in_snapshot(r.ingest_tx, said.usage_snapshot::pg_snapshot)
               OR r.ingest_tx = pg_current_xact_id_if_assigned())
          AND {not_void("r", "said.usage_snapshot::pg_snapshot")}
        ORDER BY said.is_final DESC, said.decided_at, said.id LIMIT 1
    ) AS v ON true
    WHERE m.event_name = e.event_name
"""


def reading_fates(*, keys: Sequence[UUID]) -> dict[UUID, list[ReadingFate]]:
    """Return what each meter counted of these events and the first verdict that saw it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.key, fate.*
            FROM usage_key AS k
            JOIN usage_event AS e ON e.occurred_at = k.occurred_at AND e.key = k.key
            CROSS JOIN LATERAL (SELECT {_FATE} FROM {_READ_BY_METERS}) AS fate
            WHERE k.key = ANY(%s)
            ORDER BY e.key, fate.code
            """,
            [list(keys)],
        )
        fates: dict[UUID, list[ReadingFate]] = {}
        for key, *rest in cursor.fetchall():
            fates.setdefault(key, []).append(_fate(rest))
        return fates


def latest_events(*, customer_id: int, limit: int) -> list[LatestEvent]:
    """Return a customer's latest events, the last one first, with what became of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.key, e.occurred_at, e.event_name, fate.*
            FROM (
                SELECT key, occurred_at, event_name, customer_id FROM usage_event
                WHERE customer_id = %s ORDER BY occurred_at DESC, key DESC LIMIT %s
            ) AS e
            LEFT JOIN LATERAL (SELECT {_FATE} FROM {_READ_BY_METERS}) AS fate ON true
            ORDER BY e.occurred_at DESC, e.key DESC, fate.code
            """,
            [customer_id, limit],
        )
        events: dict[UUID, LatestEvent] = {}
        for key, occurred_at, name, meter_id, *rest in cursor.fetchall():
            event = events.setdefault(key, LatestEvent(key, occurred_at, name, []))
            if meter_id is not None:
                event.fates.append(_fate([meter_id, *rest]))
        return list(events.values())


def _fate(row: list[Any]) -> ReadingFate:
    meter_id, meter, unit, group_keys, values, *rest = row
    return ReadingFate(meter_id, meter, unit, group_keys, _json(values), *_hinted(rest))


def _hinted(rest: list[Any]) -> list[Any]:
    quantity, verdict, price, hint, *places = rest
    return [quantity, verdict, price, _json(hint), *places]


def _json(value: Any) -> Any:
    """Return a jsonb value; Django's connection leaves it to the reader to decode."""
    return json.loads(value) if isinstance(value, str) else value
