"""The events of a source's day, as its page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from accounts.models import Customer
from usage.models import Event, QuarantinedEvent, event_public_id
from values.period import Period

Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """
    An event in few words.

    `customer` is None for one that never left the quarantine: `reference` then is what it calls
    its customer.
    """

    key: UUID
    occurred_at: datetime
    event_name: str
    idempotency_key: str
    customer: Customer | None
    reference: str

    @property
    def public_id(self) -> str:
        """Return the id that API and pages show."""
        return event_public_id(self.key)


def accepted_events(
    *, source_id: int, received_in: Period, after: Place | None = None, limit: int
) -> list[Place]:
    """
    Return (time, key) of events that were accepted as they came in this time, the first first.

    Whatever became of them since, unless it lies in a file by now. `after` is the last one of
    the page before.
    """
    following = "" if after is None else "AND (e.occurred_at, e.key) > (%(after_at)s, %(after)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.occurred_at, e.key
            FROM (
                SELECT DISTINCT ingest_tx FROM usage_receipt
                WHERE source_id = %(source)s
                  AND received_at >= %(start)s AND received_at < %(end)s
            ) AS taken
            JOIN usage_record AS e ON e.ingest_tx = taken.ingest_tx
            WHERE e.source_id = %(source)s AND e.sent IS NOT NULL {following}
              AND NOT EXISTS (SELECT 1 FROM usage_quarantinedevent AS q WHERE q.key = e.key)
            ORDER BY e.occurred_at, e.key LIMIT %(limit)s
            """,
            {
                "source": source_id, "start": received_in.start, "end": received_in.end,
                "limit": limit,
                **({} if after is None else {"after_at": after[0], "after": after[1]}),
            },
        )  # fmt: skip
        return cursor.fetchall()


def listed_events(*, places: Sequence[Place]) -> list[ListedEvent]:
    """Return the events at these places (time, key), in their order; two queries."""
    keys = [key for _, key in places]
    stored = Event.objects.filter(occurred_at__in={at for at, _ in places}, key__in=keys)
    waiting = QuarantinedEvent.objects.filter(
        Q(resolved_at=None) | ~Q(discarded_reason=""), key__in=keys
    )
    found = {event.key: _stored(event) for event in stored.select_related("customer").defer("sent")}
    found |= {event.key: _waiting(event) for event in waiting.defer("sent", "detail")}
    return [found[key] for key in keys if key in found]


def _stored(event: Event) -> ListedEvent:
    return ListedEvent(
        event.key, event.occurred_at, event.event_name, event.idempotency_key, event.customer, ""
    )


def _waiting(event: QuarantinedEvent) -> ListedEvent:
    return ListedEvent(
        event.key,
        event.occurred_at,
        event.event_name,
        event.idempotency_key,
        None,
        event.customer_reference,
    )
