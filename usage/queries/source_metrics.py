"""What sources send, how late, and how far the sums are behind: for pages and monitors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum

from usage.models import Source, SourceTotal

MOST_BEHIND = 200_000
"""Receipts beyond the rollups' mark are counted up to here."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Items of requests and files, by outcome."""

    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    quarantined: int = 0
    rejected: int = 0

    @property
    def received(self) -> int:
        """Return how many came, whatever became of them."""
        return sum(astuple(self))

    def plus(self, other: "Counts") -> "Counts":
        """Return both together."""
        return Counts(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Sent:
    """What a source sent by API and file in a span that begins at `at`."""

    source_id: int
    at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Lag:
    """
    How long after they happened events came, from when they happened to when they could be billed.

    Half of them came in less than `half_seconds`, 95 of 100 in less than `most_seconds`: bounds
    of `LAG_BOUNDS_SECONDS`, which is as exact as it is known. `slowest` is exact.
    """

    events: int
    half_seconds: int
    most_seconds: int
    slowest: timedelta


@dataclass(frozen=True, slots=True)
class Behind:
    """
    What came and is not in the sums by the hour yet.

    How many receipts, counted up to one beyond `MOST_BEHIND`, how many events of them were
    accepted, and when the first of them came.
    """

    receipts: int
    events: int
    since: datetime | None


def sent_by(
    *, source_ids: Sequence[int], since: datetime, before: datetime, step: timedelta
) -> list[Sent]:
    """
    Return what these sources sent in `[since, before)`, in steps of whole minutes from `since`.

    Steps in which nothing came are left out. Read from the sums of minutes, which follow what
    came within seconds.
    """
    asked: dict[str, Any] = {
        "sources": list(source_ids), "since": since, "before": before, "step": step,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT source_id, date_bin(%(step)s, minute, %(since)s), sum(accepted)::bigint,
                   sum(duplicates)::bigint, sum(conflicts)::bigint, sum(quarantined)::bigint,
                   sum(rejected)::bigint
            FROM usage_source_minute
            WHERE source_id = ANY(%(sources)s) AND minute >= %(since)s AND minute < %(before)s
            GROUP BY 1, 2 ORDER BY 2, 1
            """,
            asked,
        )
        return [Sent(source, at, Counts(*counts)) for source, at, *counts in cursor.fetchall()]


def lags_of(*, source_ids: Sequence[int], since: datetime) -> dict[int, Lag]:
    """
    Return how late the events of each source were that it sent since the hour of `since`.

    A source that sent none has no entry. What the bounds are made of says `Lag`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT source_id, under_seconds, sum(events)::bigint, max(slowest)
            FROM usage_source_lag
            WHERE source_id = ANY(%s) AND hour >= usage_hour_of(%s)
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            [list(source_ids), since],
        )
        found: dict[int, list[tuple[int, int, timedelta]]] = {}
        for source_id, *bucket in cursor.fetchall():
            found.setdefault(source_id, []).append(tuple(bucket))
    return {source_id: _lag(buckets) for source_id, buckets in found.items()}


def hourly_lags(*, source_id: int, since: datetime) -> list[tuple[datetime, Lag]]:
    """Return the same of one source for each hour in which something came, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT hour, under_seconds, events, slowest FROM usage_source_lag
            WHERE source_id = %s AND hour >= usage_hour_of(%s) ORDER BY hour DESC, under_seconds
            """,
            [source_id, since],
        )
        found: dict[datetime, list[tuple[int, int, timedelta]]] = {}
        for hour, *bucket in cursor.fetchall():
            found.setdefault(hour, []).append(tuple(bucket))
    return [(hour, _lag(buckets)) for hour, buckets in found.items()]


def last_sent_at(*, source_ids: Iterable[int]) -> Mapping[int, datetime]:
    """Return when each source's last request or file came, those without any left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT asked.id, last.received_at
            FROM unnest(%s::bigint[]) AS asked (id)
            CROSS JOIN LATERAL (
                SELECT r.received_at FROM usage_receipt AS r
                WHERE r.source_id = asked.id AND r.channel IN ('api', 'file') AND r.received > 0
                ORDER BY r.received_at DESC LIMIT 1
            ) AS last
            """,
            [list(source_ids)],
        )
        return dict(cursor.fetchall())


def waiting_by_source() -> dict[tuple[int, str], int]:
    """Return how many events wait in quarantine, by source and reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_id, reason, count(*) FROM usage_quarantinedevent"
            " WHERE resolved_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return {(source, reason): count for source, reason, count in cursor.fetchall()}


def rollups_behind() -> Behind:
    """Return what the rollups lack, by the receipts of what came."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), coalesce(sum(accepted), 0)::bigint, min(received_at)
            FROM (
                SELECT accepted, received_at FROM usage_receipt
                WHERE ingest_tx >= (SELECT ingest_tx FROM usage_mark)
                ORDER BY ingest_tx, id LIMIT %s
            ) AS behind
            """,
            [MOST_BEHIND + 1],
        )
        return Behind(*cursor.fetchone())


def totals() -> dict[int, Counts]:
    """Return what each source has ever sent by API and file."""
    names = Counts.__slots__
    rows = (
        SourceTotal.objects.filter(channel__in=["api", "file"])
        .values("source_id")
        .annotate(**{f"all_{name}": Sum(name) for name in names})
        .values_list("source_id", *(f"all_{name}" for name in names))
    )
    return {source_id: Counts(*counts) for source_id, *counts in rows}


def watched_sources() -> list[Source]:
    """Return all sources with their partners, by name and mode."""
    return list(Source.objects.select_related("partner").order_by("partner__name", "mode"))


def _lag(buckets: Sequence[tuple[int, int, timedelta]]) -> Lag:
    events = sum(count for _, count, _ in buckets)
    return Lag(
        events,
        _bound(buckets, events, percent=50),
        _bound(buckets, events, percent=95),
        max(slowest for _, _, slowest in buckets),
    )


def _bound(buckets: Sequence[tuple[int, int, timedelta]], events: int, *, percent: int) -> int:
    """Return the first bound below which that share of the events lies."""
    so_far = 0
    for under, count, _ in buckets:
        so_far += count
        if so_far * 100 >= events * percent:
            return under
    raise AssertionError("all together are all events")
