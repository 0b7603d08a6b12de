"""Taking from what an API key may send in a minute."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from accounts.prepared import run_prepared

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Quota:
    """How much a key may send of one thing in a minute, and what is left of it."""

    name: str
    limit: int
    left: float

    @property
    def remaining(self) -> int:
        """Return what is left in whole things."""
        return max(0, int(self.left))

    @property
    def full_after_seconds(self) -> int:
        """Return when all of it is there again, if nothing is taken meanwhile."""
        return self.seconds_until(self.limit)

    def seconds_until(self, wanted: int) -> int:
        """Return when that much is there, 0 where it is; rounded up to whole seconds."""
        return ceil(max(0.0, wanted - self.left) * WINDOW_SECONDS / self.limit)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a key got what it asked for, and how it stands now."""

    was_taken: bool
    quotas: tuple[Quota, ...]
    wait_seconds: int


def take_allowance(
    *, api_key_id: int, requests: int, events: int, limits: tuple[int, int], now: datetime
) -> Allowance:
    """
    Take requests and events, both or nothing, from the buckets of a key.

    A bucket holds what the key may send in a minute and fills within one. `limits` are those of
    all keys, (requests, events) per minute; a `KeyLimit` goes before them. One statement, which
    holds the key's row: exact for any number of processes, whose clocks may differ.
    """
    asked: dict[str, int | datetime] = {
        "key": api_key_id, "requests": requests, "events": events,
        "most_requests": limits[0], "most_events": limits[1], "now": now, "window": WINDOW_SECONDS,
    }  # fmt: skip
    # It answers with one row, always.
    ((was_taken, *numbers),) = run_prepared(_TAKE, asked)
    quotas = Quota("requests", *numbers[:2]), Quota("events", *numbers[2:])
    wait = max(quotas[0].seconds_until(requests), quotas[1].seconds_until(events))
    return Allowance(was_taken, quotas, 0 if was_taken else max(1, wait))


# A row that is not there is a full bucket. `excluded` is what would be left of a full one, so
# that it also brings the limits into the update.
_TAKE = """
    WITH quota AS (
        SELECT coalesce(own.requests_per_minute, %(most_requests)s::int4) AS requests,
               coalesce(own.events_per_minute, %(most_events)s::int4) AS events
        FROM (VALUES (%(key)s::int8)) AS asked (key)
        LEFT JOIN usage_keylimit AS own ON own.api_key_id = asked.key
    )
    INSERT INTO usage_keyallowance AS had (api_key_id, requests, events, filled_at, was_taken)
    SELECT %(key)s::int8, requests - %(requests)s::int4, events - %(events)s::int4,
           %(now)s::timestamptz, true
    FROM quota
    ON CONFLICT (api_key_id) DO UPDATE
    SET (requests, events, was_taken) = (
            SELECT filled.requests - CASE WHEN enough THEN %(requests)s::int4 ELSE 0 END,
                   filled.events - CASE WHEN enough THEN %(events)s::int4 ELSE 0 END,
                   enough
            FROM (
                SELECT least(quota.requests, had.requests + quota.requests * share) AS requests,
                       least(quota.events, had.events + quota.events * share) AS events
                FROM quota, (
                    SELECT greatest(
                        0, extract(epoch FROM excluded.filled_at - had.filled_at)::float8
                    ) / %(window)s::int4 AS share
                ) AS passed
            ) AS filled,
            LATERAL (
                SELECT filled.requests >= %(requests)s::int4
                   AND filled.events >= %(events)s::int4 AS enough
            ) AS checked
        ),
        filled_at = greatest(had.filled_at, excluded.filled_at)
    RETURNING was_taken, (SELECT requests FROM quota), requests,
              (SELECT events FROM quota), events
"""
