"""Events that are there in the time and filter of a backfill, and whose usage it changed."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from usage.models import Backfill
from usage.store.shown import not_void


class ExistingEvent(NamedTuple):
    """An event that counts in the time and filter of a backfill."""

    occurred_at: datetime
    key: UUID
    idempotency_key: str


def existing_events(
    *,
    backfill: Backfill,
    received_by: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[ExistingEvent]:
    """
    Return the source's events that are not void and came until then, in order of time.

    A partner's own backfill finds none of a customer that is the partner's no more. `after` is
    the place (time, key) to go on from.
    """
    customer = "" if backfill.customer_id is None else "AND e.customer_id = %(customer)s"
    name = "AND e.event_name = %(name)s" if backfill.event_name else ""
    theirs = f"AND e.customer_id IN ({_PARTNERS_CUSTOMERS})" if backfill.opened_with_id else ""
    following = "" if after is None else "AND (e.occurred_at, e.key) > (%(at)s, %(key)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.occurred_at, e.key, e.idempotency_key FROM usage_event AS e
            WHERE e.source_id = %(source)s AND e.occurred_at >= %(start)s
              AND e.occurred_at < %(end)s AND e.received_at <= %(received_by)s
              {customer} {name} {theirs}
              AND {not_void("e")} {following}
            ORDER BY e.occurred_at, e.key LIMIT %(limit)s
            """,
            {
                "source": backfill.source_id, "customer": backfill.customer_id,
                "name": backfill.event_name, "received_by": received_by,
                "partner": backfill.source.partner_id,
                # Said once more without the key, so that months before it are not looked at.
                "start": backfill.starts_at if after is None else max(backfill.starts_at, after[0]),
                "end": backfill.ends_at, "limit": limit,
                **({} if after is None else {"at": after[0], "key": after[1]}),
            },
        )  # fmt: skip
        return [ExistingEvent(*row) for row in cursor.fetchall()]


_PARTNERS_CUSTOMERS = """
    SELECT customer_id FROM accounts_partnercustomer WHERE partner_id = %(partner)s
"""


def keys_out_of_reach(*, backfill: Backfill, keys: Collection[UUID]) -> set[UUID]:
    """
    Return which of these keys are of events that the backfill may not replace.

    They are of customers that are no more of the partner who opened it; staff reach all.
    """
    if backfill.opened_with_id is None or not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.key FROM usage_key AS k
            JOIN usage_event AS e ON e.occurred_at = k.occurred_at AND e.key = k.key
            WHERE k.key = ANY(%(keys)s) AND e.customer_id NOT IN ({_PARTNERS_CUSTOMERS})
            """,
            {"keys": list(keys), "partner": backfill.source.partner_id},
        )
        return {key for (key,) in cursor.fetchall()}


def customers_of_backfill(*, backfill: Backfill) -> set[int]:
    """
    Return the ids of the customers whose usage a backfill changed since it was closed.

    Also of those to whom its events were moved, or amended, since.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT customer_id FROM ({TOUCHED}) AS touched", {"backfills": [backfill.pk]}
        )
        return {customer_id for (customer_id,) in cursor.fetchall()}


# Of several backfills, each with the customers whose usage it changed.
TOUCHED = """
    WITH RECURSIVE added AS (
        SELECT s.backfill_id, s.stored_key AS key FROM usage_staged_event AS s
        WHERE s.backfill_id = ANY(%(backfills)s)
          AND s.outcome IN ('accepted', 'replaced', 'quarantined', 'undone')
        UNION
        SELECT added.backfill_id, v.replaced_by
        FROM added JOIN usage_void AS v ON v.key = added.key
        WHERE v.replaced_by IS NOT NULL
    )
    SELECT added.backfill_id, r.customer_id
    FROM added JOIN usage_key AS k ON k.key = added.key
    JOIN usage_record AS r ON r.occurred_at = k.occurred_at AND r.key = k.key
    UNION
    SELECT added.backfill_id, v.customer_id
    FROM added JOIN usage_void AS v ON v.replaced_by = added.key
    UNION
    SELECT b.backfill_id, v.customer_id
    FROM usage_backfill_void AS b JOIN usage_void AS v ON v.key = b.key
    WHERE b.backfill_id = ANY(%(backfills)s)
"""
