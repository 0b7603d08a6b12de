"""What is wrong with the events in quarantine: one cause for all that wait for the same thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from usage.models import QuarantineReason

MOST_CAUSES = 200


@dataclass(frozen=True, slots=True)
class Cause:
    """
    What some events of a source wait for: a customer, a meter, the credits of an action.

    `named` is what they name and nobody knows; times are the first and last of their receipt.
    """

    source_id: int
    reason: QuarantineReason
    named: str
    events: int
    first_seen_at: datetime
    last_seen_at: datetime


_NAMING = {
    QuarantineReason.UNKNOWN_CUSTOMER: "customer_reference",
    QuarantineReason.UNKNOWN_EVENT_NAME: "event_name",
}
# Credits are missing for an action of a meter at a time; the detail says all three.
_NAMING_OTHERS = "detail"
NAMED = (
    "CASE reason "
    + " ".join(f"WHEN '{reason.value}' THEN {column}" for reason, column in _NAMING.items())
    + f" ELSE {_NAMING_OTHERS} END"
)


def naming_field(*, reason: str) -> str:
    """Return the field of a waiting event that holds what its cause is named by."""
    return _NAMING.get(QuarantineReason(reason), _NAMING_OTHERS)


def waiting_causes(
    *,
    source_ids: Sequence[int] | None = None,
    reason: str | None = None,
    limit: int | None = MOST_CAUSES,
) -> list[Cause]:
    """
    Return the causes for which most events wait, of these sources or of all.

    With a reason, only causes of that kind; without a limit, every one.
    """
    chosen = "" if source_ids is None else "AND source_id = ANY(%(sources)s)"
    chosen += "" if reason is None else " AND reason = %(reason)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT source_id, reason, {NAMED} AS named, count(*) AS events,
                   min(received_at), max(received_at)
            FROM usage_quarantinedevent WHERE resolved_at IS NULL {chosen}
            GROUP BY 1, 2, 3 ORDER BY 4 DESC, 6 DESC, 1, 2, 3 LIMIT %(limit)s
            """,
            {"sources": list(source_ids or ()), "reason": reason, "limit": limit},
        )
        return [
            Cause(source_id, QuarantineReason(reason), named, events, first, last)
            for source_id, reason, named, events, first, last in cursor.fetchall()
        ]


def waiting_cause(*, source_id: int, reason: str, named: str) -> Cause | None:
    """Return this cause as it stands, None where nothing waits for it any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), min(received_at), max(received_at) FROM usage_quarantinedevent
            WHERE resolved_at IS NULL AND source_id = %s AND reason = %s AND {NAMED} = %s
            """,
            [source_id, reason, named],
        )
        events, first, last = cursor.fetchone()
    if not events:
        return None
    return Cause(source_id, QuarantineReason(reason), named, events, first, last)


@dataclass(frozen=True, slots=True)
class OfReason:
    """How many events of a source wait for a reason, and how many names they have."""

    events: int
    names: int


def waiting_of_reason(*, source_id: int, reason: str, named: str = "") -> OfReason:
    """Return how many events wait for a reason now, whatever they name or of one name."""
    same_name = f"AND {NAMED} = %(named)s" if named else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), count(DISTINCT {NAMED}) FROM usage_quarantinedevent
            WHERE resolved_at IS NULL AND source_id = %(source)s AND reason = %(reason)s {same_name}
            """,
            {"source": source_id, "reason": reason, "named": named},
        )
        return OfReason(*cursor.fetchone())


def waiting_keys(
    *,
    source_id: int,
    reason: str,
    named: str = "",
    after: UUID | None = None,
    limit: int,
) -> list[UUID]:
    """
    Return the keys of events that wait for one cause, in the order of keys from `after` on.

    Without a name, of all that wait for the reason: nothing that waits names nothing.
    """
    same_name = f"AND {NAMED} = %(named)s" if named else ""
    following = "" if after is None else "AND key > %(after)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT key FROM usage_quarantinedevent
            WHERE resolved_at IS NULL AND source_id = %(source)s AND reason = %(reason)s
              {same_name} {following}
            ORDER BY key LIMIT %(limit)s
            """,
            {
                "source": source_id, "reason": reason, "named": named, "after": after,
                "limit": limit,
            },
        )  # fmt: skip
        return [key for (key,) in cursor.fetchall()]
