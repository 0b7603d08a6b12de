"""Events that a meter counts, of both databases in one order, and bodies that PostgreSQL lacks."""

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from usage.store.clickhouse.archived import refuse_unmoved
from usage.store.clickhouse.client import query
from usage.store.clickhouse.compare import assure_nothing_lost
from usage.store.clickhouse.mark import Mark, moved_until
from usage.store.clickhouse.question import (
    KEYS_AT_ONCE,
    RECORDS,
    Question,
    instant_of,
    microseconds,
    one_of,
)
from usage.store.events import counted_events
from usage.store.interface import StoredEvent
from values.period import Period

About = Mapping[str, Collection[str]]
Place = tuple[datetime, str, UUID]

_FETCHED_AT_ONCE = 5_000


def counted_in_both(
    customer_id: int, meter_id: int, span: Period, snapshot: str, about: About | None = None
) -> Iterator[StoredEvent]:
    """
    Yield a meter's events in order; see `UsageStore.events`.

    :raises StoreUnavailable:
    :raises MonthArchived: records of the span went into files before they moved.
    """
    mark = moved_until()
    refuse_unmoved(mark, span.start, span.end)
    assure_nothing_lost(mark)
    asked = Question(customer_id, [meter_id], span.start, span.end, snapshot)
    yield from heapq.merge(
        _moved(asked, mark, about),
        counted_events(
            customer_id, meter_id, span, snapshot, about, stored_from=str(mark.ingest_tx)
        ),
        key=_place,
    )


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


def moved_bodies(keys: Sequence[UUID]) -> dict[UUID, str]:
    """
    Return the bodies of those of these events that ClickHouse holds.

    :raises StoreUnavailable:
    """
    return dict(_of_moved(keys, "any(sent)"))


def moved_body_bytes(keys: Sequence[UUID]) -> dict[UUID, int]:
    """
    Return how long in UTF-8 the bodies of those of these events are that ClickHouse holds.

    :raises StoreUnavailable:
    """
    return dict(_of_moved(keys, "any(length(sent))"))


def _of_moved(keys: Sequence[UUID], wanted: str) -> Iterator[tuple[UUID, Any]]:
    for start in range(0, len(keys), KEYS_AT_ONCE):
        chunk = keys[start : start + KEYS_AT_ONCE]
        # The time tells which partition; the same event has the same body in all its rows, but for
        # those that were copied again with another one: the last counts.
        yield from query(
            f"""
            SELECT key, {wanted} FROM usage_record FINAL
            WHERE {one_of(chunk)} AND {_happened_at(chunk)}
            GROUP BY key
            """
        )


def _happened_at(keys: Sequence[UUID]) -> str:
    """Return the condition that a row is of the time of one of these keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT occurred_at FROM usage_key WHERE key = ANY(%s)", [list(keys)]
        )
        times = [microseconds(instant) for (instant,) in cursor.fetchall()]
    instants = ", ".join(f"fromUnixTimestamp64Micro({each}, 'UTC')" for each in times)
    return f"occurred_at IN ({instants})" if times else "false"


def _place(event: StoredEvent) -> Place:
    return event.occurred_at, event.idempotency_key, event.key


def _moved(asked: Question, mark: Mark, about: About | None) -> Iterator[StoredEvent]:
    after: Place | None = None
    while True:
        page = _page(asked, mark, after, about)
        yield from _counting(page, asked.snapshot, about)
        if len(page) < _FETCHED_AT_ONCE:
            return
        after = _place(page[-1])


def _page(
    asked: Question, mark: Mark, after: Place | None, about: About | None
) -> list[StoredEvent]:
    following = "" if after is None else _FOLLOWING
    rows = query(
        f"""
        SELECT key, toUnixTimestamp64Micro(occurred_at), idempotency_key, event_name, sent
        FROM usage_record FINAL
        WHERE {RECORDS} {following} {_perhaps(about)}
        ORDER BY occurred_at, idempotency_key, toString(key)
        LIMIT {_FETCHED_AT_ONCE}
        """,
        {
            **asked.parameters(mark),
            **({} if after is None else {
                "after": microseconds(after[0]), "name": after[1], "key": str(after[2]),
            }),
            **_texts(about),
        },
    )  # fmt: skip
    return [
        StoredEvent(key, instant_of(happened), name, event_name, sent)
        for key, happened, name, event_name, sent in rows
    ]


# Texts are in the order of their bytes here, keys in the order of their digits.
_FOLLOWING = """
    AND occurred_at >= fromUnixTimestamp64Micro({after:Int64}, 'UTC')
    AND (toUnixTimestamp64Micro(occurred_at), idempotency_key, toString(key))
        > ({after:Int64}, {name:String}, {key:String})
"""


def _perhaps(about: About | None) -> str:
    """Return a condition that leaves out texts that are another one; PostgreSQL looks closer."""
    if about is None:
        return ""
    wanted = [
        f"JSONType(sent, 'properties', {{property_{number}:String}}) != 'String'"
        f" OR JSONExtractString(sent, 'properties', {{property_{number}:String}})"
        f" IN {{values_{number}:Array(String)}}"
        for number in range(len(about))
    ]
    return f"AND ({' OR '.join(wanted)})"


def _texts(about: About | None) -> dict[str, object]:
    texts: dict[str, object] = {}
    for number, (name, values) in enumerate((about or {}).items()):
        texts[f"property_{number}"] = name
        texts[f"values_{number}"] = list(values)
    return texts


def _counting(
    page: Sequence[StoredEvent], snapshot: str, about: About | None
) -> Iterator[StoredEvent]:
    """Yield those that are not void, and of which a property is as asked: PostgreSQL says both."""
    asked = "" if about is None else f"AND ({' OR '.join([_ABOUT] * len(about))})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT place FROM unnest(%s::uuid[], %s::text[]) WITH ORDINALITY
                 AS e (key, sent, place)
            WHERE NOT EXISTS (
                SELECT 1 FROM usage_void AS v
                WHERE v.key = e.key AND usage_shown(v.ingest_tx, %s)
            ) {asked}
            ORDER BY place
            """,
            [
                [event.key for event in page],
                None if about is None else [event.sent for event in page],
                snapshot,
                *(part for name, values in (about or {}).items()
                  for part in (["properties", name], list(values))),
            ],
        )  # fmt: skip
        places = [place for (place,) in cursor.fetchall()]
    for place in places:
        yield page[place - 1]


_ABOUT = "e.sent::jsonb #>> %s::text[] = ANY(%s)"
