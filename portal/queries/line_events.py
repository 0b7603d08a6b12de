"""The events behind a line: exactly those that its quantity is the sum of."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Customer
from invoicing.models import InvoiceLine
from invoicing.queries.line_usage import usage_of_line
from usage.intake.sent_event import event_key_of
from usage.models import Source, event_key
from usage.queries.event_browser import EventSearch, browsed_total, stored_event
from usage.queries.events import CountedEvent, counted_events

Position = tuple[datetime, UUID]
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class LineEvents:
    """
    The events of a line in a part of its time, or those with certain idempotency keys.

    `customer_id` and the rest say which readings, as in `LineUsage`; a line of a fee has none.
    """

    customer_id: int
    meter_id: int
    dimensions_id: int | None
    start: datetime
    end: datetime
    snapshot: str
    keys: tuple[UUID, ...] | None = None


def events_of_line(
    *,
    line: InvoiceLine,
    start: datetime | None = None,
    end: datetime | None = None,
    idempotency_keys: Collection[str] = (),
) -> LineEvents | None:
    """
    Return which events stand behind a line, in `[start, end)` where it is given.

    None for a line that counts none.
    """
    usage = usage_of_line(line=line)
    if usage is None:
        return None
    return LineEvents(
        customer_id=usage.customer_id,
        meter_id=usage.meter_id,
        dimensions_id=usage.dimensions_id,
        start=max(filter(None, (usage.start, start))),
        end=min(filter(None, (usage.end, end))),
        snapshot=usage.snapshot,
        keys=_keys_of(idempotency_keys) if idempotency_keys else None,
    )


def page_of_events(
    *, events: LineEvents, after: Position | None = None, limit: int
) -> list[CountedEvent]:
    """Return at most `limit` of them, the earliest first, after the last one of a page."""
    return counted_events(**_asked(events), after=after, limit=limit)


def all_events(*, events: LineEvents) -> Iterator[CountedEvent]:
    """Yield them all, the earliest first; no more than a chunk of them is held."""
    after = None
    while True:
        chunk = page_of_events(events=events, after=after, limit=_CHUNK)
        yield from chunk
        if len(chunk) < _CHUNK:
            return
        after = (chunk[-1].occurred_at, chunk[-1].key)


def sum_of_events(*, events: LineEvents) -> tuple[int, Decimal]:
    """Return how many there are, and what they count together."""
    if events.keys is not None:
        found = page_of_events(events=events, limit=max(len(events.keys), 1))
        return len(found), sum((event.quantity for event in found), Decimal(0))
    return browsed_total(
        search=EventSearch(
            customer_id=events.customer_id,
            meter_id=events.meter_id,
            dimension_ids=None if events.dimensions_id is None else [events.dimensions_id],
            start=events.start,
            end=events.end,
            snapshot=events.snapshot,
        )
    )


def place_of_event(*, customer: Customer, public_id: str) -> Position | None:
    """Return where the customer's event stands among the others, None where there is no such."""
    key = event_key(public_id)
    event = None if key is None else stored_event(key=key)
    if event is None or event.customer_id != customer.pk:
        return None
    return event.occurred_at, event.key


def _keys_of(idempotency_keys: Collection[str]) -> tuple[UUID, ...]:
    """Return the keys that events with these idempotency keys have, by each source there is."""
    sources = Source.objects.values_list("pk", flat=True)
    return tuple(event_key_of(source, sent) for source in sources for sent in idempotency_keys)


def _asked(events: LineEvents) -> dict[str, Any]:
    return {name: getattr(events, name) for name in LineEvents.__slots__}
