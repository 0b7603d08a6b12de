"""
Sources that are not as usual: their quarantine grows, or nothing comes any more.

Both are told of live sources alone: what a test key sends is nobody's money.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from usage.models import AlarmKind, QuarantineReason, UsageAlarm

FEWEST_WAITING = 50
"""Fewer events of an hour in quarantine are no alarm, however unusual."""
TIMES_USUAL = 5
"""An hour is unusual that brings so many times what the median hour of a week brings."""
FEWEST_DAYS = 5
"""A source that sent on fewer of the seven days before its last event is not missed."""
TIMES_QUIET = 2
"""A source is silent once it is quiet for so many times its longest quiet of a week."""
SHORTEST_SILENCE = timedelta(hours=1)
MISSED_FOR = timedelta(days=30)
"""Nobody waits any more for a source that was silent for so long."""


@dataclass(frozen=True, slots=True)
class GrowingQuarantine:
    """
    Events of a source that came within an hour and wait for one reason, against the usual.

    `usual` is the median of the hours of the seven days before, those without any among them.
    """

    source_id: int
    reason: QuarantineReason
    found: int
    usual: int
    since: datetime


@dataclass(frozen=True, slots=True)
class SilentSource:
    """A source of which nothing came since; before, it was never quiet for longer than that."""

    source_id: int
    since: datetime
    longest_quiet: timedelta


def growing_quarantines(*, now: datetime) -> list[GrowingQuarantine]:
    """Return the sources and reasons of which an unusual number waits since an hour."""
    with connection.cursor() as cursor:
        cursor.execute(
            _GROWING,
            {
                "hour_ago": now - timedelta(hours=1), "now": now, "fewest": FEWEST_WAITING,
                "times": TIMES_USUAL, "reasons": QuarantineReason.values,
            },
        )  # fmt: skip
        return [
            GrowingQuarantine(source, QuarantineReason(reason), found, usual, since)
            for source, reason, found, usual, since in cursor.fetchall()
        ]


def silent_sources(*, now: datetime) -> list[SilentSource]:
    """Return the sources that always sent and do not any more, of partners that may send."""
    asked: dict[str, Any] = {
        "now": now, "shortest": SHORTEST_SILENCE, "missed_for": MISSED_FOR, "times": TIMES_QUIET,
        "days": FEWEST_DAYS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SILENT, asked)
        return [SilentSource(*row) for row in cursor.fetchall()]


def alarms_over(*, alarms: Collection[UsageAlarm], now: datetime) -> list[UsageAlarm]:
    """
    Return those of these open alarms that are over.

    A quarantine grows no more once less than half of what is an alarm waits of the last hour: an
    alarm does not come and go at its bound. A source is silent no more once something came, its
    partner is switched off, or nobody waits for it any more.
    """
    if not alarms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _GOES_ON,
            {
                "alarms": [alarm.pk for alarm in alarms], "hour_ago": now - timedelta(hours=1),
                "fewest": -(-FEWEST_WAITING // 2), "missed_since": now - MISSED_FOR,
                "grows": AlarmKind.QUARANTINE_GROWS.value,
            },
        )  # fmt: skip
        going_on = {alarm_id for (alarm_id,) in cursor.fetchall()}
    return [alarm for alarm in alarms if alarm.pk not in going_on]


_GROWING = """
    WITH arrived AS (
        SELECT q.source_id, q.reason, count(*) AS found, min(q.received_at) AS since
        FROM usage_quarantinedevent AS q JOIN usage_source AS s ON s.id = q.source_id
        WHERE q.resolved_at IS NULL AND q.reason = ANY(%(reasons)s) AND s.mode = 'live'
          AND q.received_at > %(hour_ago)s AND q.received_at <= %(now)s
        GROUP BY 1, 2 HAVING count(*) >= %(fewest)s
    )
    SELECT arrived.source_id, arrived.reason, arrived.found, usual.events, arrived.since
    FROM arrived
    CROSS JOIN LATERAL (
        SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(counted.events, 0)) AS events
        FROM generate_series(0, 7 * 24 - 1) AS hours (back)
        LEFT JOIN (
            SELECT floor(extract(epoch FROM %(hour_ago)s - q.received_at) / 3600)::int AS back,
                   count(*) AS events
            FROM usage_quarantinedevent AS q
            WHERE q.source_id = arrived.source_id AND q.reason = arrived.reason
              AND q.received_at > %(hour_ago)s - interval '7 days'
              AND q.received_at <= %(hour_ago)s
            GROUP BY 1
        ) AS counted USING (back)
    ) AS usual
    WHERE arrived.found >= %(times)s * usual.events
    ORDER BY 1, 2
"""
_LAST_SENT = """
    SELECT r.received_at FROM usage_receipt AS r
    WHERE r.source_id = s.id AND r.channel IN ('api', 'file') AND r.received > 0
    ORDER BY r.received_at DESC LIMIT 1
"""
_SILENT = f"""
    SELECT s.id, last.received_at, quiet.longest
    FROM usage_source AS s
    JOIN accounts_partner AS p ON p.id = s.partner_id AND p.is_active
    CROSS JOIN LATERAL ({_LAST_SENT}) AS last
    CROSS JOIN LATERAL (
        SELECT max(gap) AS longest, count(DISTINCT minute::date) AS days
        FROM (
            SELECT minute, minute - lag(minute) OVER (ORDER BY minute) AS gap
            FROM usage_source_minute
            WHERE source_id = s.id AND minute <= last.received_at
              AND minute > last.received_at - interval '7 days'
        ) AS sent
    ) AS quiet
    WHERE s.mode = 'live' AND quiet.days >= %(days)s
      AND last.received_at < %(now)s - greatest(%(shortest)s, %(times)s * quiet.longest)
      AND last.received_at > %(now)s - %(missed_for)s
    ORDER BY 1
"""
_GOES_ON = f"""
    SELECT alarm.id FROM usage_alarm AS alarm
    WHERE alarm.id = ANY(%(alarms)s) AND alarm.kind = %(grows)s AND (
        SELECT count(*) FROM (
            SELECT 1 FROM usage_quarantinedevent AS q
            WHERE q.source_id = alarm.source_id AND q.reason = alarm.reason
              AND q.resolved_at IS NULL AND q.received_at > %(hour_ago)s
            LIMIT %(fewest)s
        ) AS waiting
    ) >= %(fewest)s
    UNION ALL
    SELECT alarm.id FROM usage_alarm AS alarm
    JOIN usage_source AS s ON s.id = alarm.source_id
    JOIN accounts_partner AS p ON p.id = s.partner_id AND p.is_active
    CROSS JOIN LATERAL ({_LAST_SENT}) AS last
    WHERE alarm.id = ANY(%(alarms)s) AND alarm.kind <> %(grows)s
      AND last.received_at <= alarm.since AND last.received_at > %(missed_since)s
"""
