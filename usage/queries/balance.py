"""
The two equations of usage, for one source and one day of receipt.

Received = accepted + quarantined + duplicates + conflicts + rejected, from the receipts of the
requests. Stored (accepted or quarantined then) = rated + awaiting + unmetered + unpriced +
quarantined + void + archived, from the events themselves and from what is known of files.
Nothing that came may be in neither.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import connection

from usage.models import EventState
from values.period import Period


@dataclass(frozen=True, slots=True)
class Received:
    """What the receipts say of the items that came: how many there were of each outcome."""

    received: int
    accepted: int
    quarantined: int
    duplicates: int
    conflicts: int
    rejected: int

    @property
    def stored(self) -> int:
        """Return how many events there must be now, wherever they stand."""
        return self.accepted + self.quarantined

    @property
    def told_apart(self) -> int:
        """Return how many items have an outcome."""
        return self.stored + self.duplicates + self.conflicts + self.rejected


@dataclass(frozen=True, slots=True)
class Balance:
    """Both sides of both equations: what receipts say, and how many events are in each state."""

    received: Received
    states: Mapping[EventState, int]

    @property
    def found(self) -> int:
        """Return how many events there are."""
        return sum(self.states.values())

    def contradictions(self) -> Iterator[str]:
        """Yield a sentence for each equation that does not hold."""
        came, apart = self.received.received, self.received.told_apart
        if came != apart:
            yield f"received {came:,}, but {apart:,} have an outcome"
        if self.received.stored != self.found:
            yield f"{self.received.stored:,} were stored, but there are {self.found:,}"


def balance_of(*, source_id: int, received_in: Period) -> Balance:
    """Return both sides for what a source sent in this time, as of one moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BALANCE,
            {"source": source_id, "start": received_in.start, "end": received_in.end},
        )
        counts, counted, archived = cursor.fetchone()
    counted[EventState.ARCHIVED] = archived
    return Balance(Received(*counts), {state: counted.get(state, 0) for state in EventState})


def sources_with_receipts(*, received_in: Period) -> list[int]:
    """Return the sources that sent anything in this time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT source_id FROM usage_receipt"
            " WHERE received_at >= %s AND received_at < %s ORDER BY 1",
            [received_in.start, received_in.end],
        )
        return [source_id for (source_id,) in cursor.fetchall()]


def days_never_counted(*, first: date, last: date, most: int) -> list[tuple[int, date]]:
    """
    Return the first (source, day) from one day to another, both included, that nobody counted.

    Days (UTC, by time of receipt) of which there are receipts but no `SourceDay`. Each is looked
    up by the index, however many receipts there are.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEVER_COUNTED, {"first": first, "last": last, "most": most})
        return cursor.fetchall()


def events_in_state(
    *,
    source_id: int,
    received_in: Period,
    state: EventState,
    after: tuple[datetime, Any] | None = None,
    limit: int = 100,
) -> list[tuple[datetime, Any]]:
    """
    Return (time, key) of a day's events in this state, the first first.

    `after` is the last one of the page before.
    """
    following = "" if after is None else "AND (occurred_at, key) > (%(after_at)s, %(after_key)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT occurred_at, key FROM ({STATES_OF_EVENTS}) AS told
            WHERE state = %(state)s {following}
            ORDER BY occurred_at, key LIMIT %(limit)s
            """,
            {
                "source": source_id, "start": received_in.start, "end": received_in.end,
                "state": state.value, "limit": limit,
                **({} if after is None else {"after_at": after[0], "after_key": after[1]}),
            },
        )  # fmt: skip
        return cursor.fetchall()


_COUNTS = ", ".join(f"coalesce(sum({each.name}), 0)::bigint" for each in fields(Received))
_RECEIVED = f"""
    SELECT ARRAY[{_COUNTS}] FROM usage_receipt
    WHERE source_id = %(source)s AND received_at >= %(start)s AND received_at < %(end)s
"""

# One receipt is enough: a day may have millions.
_NEVER_COUNTED = """
    SELECT uncounted.source_id, uncounted.day
    FROM (
        SELECT s.id AS source_id, each.day::date AS day
        FROM usage_source AS s
        CROSS JOIN generate_series(%(first)s::timestamp, %(last)s::timestamp, '1 day')
            AS each (day)
        EXCEPT
        SELECT source_id, day FROM usage_sourceday
        WHERE day BETWEEN %(first)s::date AND %(last)s::date
    ) AS uncounted
    CROSS JOIN LATERAL (
        SELECT FROM usage_receipt AS r
        WHERE r.source_id = uncounted.source_id
          AND r.received_at >= uncounted.day::timestamp AT TIME ZONE 'UTC'
          AND r.received_at < (uncounted.day + 1)::timestamp AT TIME ZONE 'UTC'
        LIMIT 1
    ) AS received
    ORDER BY uncounted.day, uncounted.source_id LIMIT %(most)s
"""

_ARCHIVED = """
    SELECT coalesce(sum(d.events), 0)::bigint
    FROM usage_archived_day AS d JOIN usage_archive AS a ON a.id = d.archive_id
    WHERE a.state = 'archived' AND d.source_id = %(source)s
      AND d.day >= (%(start)s AT TIME ZONE 'UTC')::date
      AND d.day < (%(end)s AT TIME ZONE 'UTC')::date
"""

# Through the transactions of the receipts, and through the quarantine: an event that was
# replayed was stored by a later transaction than the one that took it in.
_ARRIVED = """
    SELECT e.key, e.occurred_at, e.ingest_tx
    FROM (
        SELECT DISTINCT ingest_tx FROM usage_receipt
        WHERE source_id = %(source)s AND received_at >= %(start)s AND received_at < %(end)s
    ) AS taken
    JOIN usage_record AS e ON e.ingest_tx = taken.ingest_tx
    WHERE e.source_id = %(source)s AND e.sent IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM usage_quarantinedevent AS q WHERE q.key = e.key)
    UNION ALL
    SELECT e.key, e.occurred_at, e.ingest_tx
    FROM usage_quarantinedevent AS q
    JOIN usage_key AS k ON k.key = q.key
    JOIN usage_record AS e ON e.occurred_at = k.occurred_at AND e.key = k.key
    WHERE q.source_id = %(source)s AND q.received_at >= %(start)s AND q.received_at < %(end)s
      AND q.resolved_at IS NOT NULL AND e.sent IS NOT NULL
"""

# Of several meters the one that asks for somebody first.
_WORST = """
    SELECT min(CASE said.verdict
                   WHEN 'no_rate' THEN 1 WHEN 'bad_value' THEN 1
                   WHEN 'unpriced' THEN 2 WHEN 'no_contract' THEN 2
                   WHEN 'rated' THEN 4 WHEN 'fallback' THEN 4
                   ELSE 3
               END) AS rank
    FROM usage_record AS r
    LEFT JOIN LATERAL (
        SELECT v.verdict FROM usage_ratingverdict AS v
        WHERE v.customer_id = r.customer_id AND v.meter_id = r.meter_id
          AND v.dimensions_id = r.dimensions_id
          AND v.starts_at <= r.occurred_at AND r.occurred_at < v.ends_at
          AND usage_shown(r.ingest_tx, v.usage_snapshot::pg_snapshot)
        ORDER BY v.is_final DESC, v.decided_at, v.id LIMIT 1
    ) AS said ON true
    WHERE r.occurred_at = arrived.occurred_at AND r.key = arrived.key AND r.meter_id <> 0
"""

STATES_OF_EVENTS = f"""
    SELECT arrived.key, arrived.occurred_at,
           CASE WHEN EXISTS (SELECT 1 FROM usage_void AS v WHERE v.key = arrived.key) THEN 'void'
                ELSE coalesce((ARRAY['quarantined', 'unpriced', 'awaiting', 'rated'])[worst.rank],
                              'unmetered')
           END AS state
    FROM ({_ARRIVED}) AS arrived
    CROSS JOIN LATERAL ({_WORST}) AS worst
    UNION ALL
    SELECT q.key, q.occurred_at, 'quarantined'
    FROM usage_quarantinedevent AS q
    WHERE q.source_id = %(source)s AND q.received_at >= %(start)s AND q.received_at < %(end)s
      AND q.resolved_at IS NULL
    UNION ALL
    SELECT q.key, q.occurred_at, 'void'
    FROM usage_quarantinedevent AS q
    WHERE q.source_id = %(source)s AND q.received_at >= %(start)s AND q.received_at < %(end)s
      AND q.discarded_reason <> ''
"""

# One statement: what comes while it runs is on both sides, or on neither.
_BALANCE = f"""
    SELECT ({_RECEIVED}), (
        SELECT coalesce(json_object_agg(state, events), '{{}}')
        FROM (SELECT state, count(*) AS events FROM ({STATES_OF_EVENTS}) AS told GROUP BY 1) AS each
    ), ({_ARCHIVED})
"""
