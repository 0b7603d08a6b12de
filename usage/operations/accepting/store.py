"""Storing what is new of the prepared events, and leaving word of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from usage.models import QuarantinedEvent, Source, UsageArrival
from usage.operations.accepting.outcome import Prepared
from usage.operations.dimension_sets import Combination, dimension_set_ids
from usage.store import store
from usage.store.interface import Appended, NewEvent, NewReading


def store_prepared(items: Sequence[Prepared], *, source: Source, now: datetime) -> Appended:
    """Store what is new, in the caller's transaction, and return which keys were known."""
    dimensions = dimensions_of([item for item in items if not item.reason])
    appended = store.append(
        [new_event(item, source_id=source.pk, dimensions=dimensions) for item in items],
        received_at=now,
    )
    fresh = [item for item in items if item.key in appended.new]
    _quarantine([item for item in fresh if item.reason], source=source, now=now)
    announce(fresh)
    return appended


def new_event(item: Prepared, *, source_id: int, dimensions: Mapping[Combination, int]) -> NewEvent:
    """Return the rows of a prepared event."""
    sent = item.sent
    return NewEvent(
        key=item.key,
        fingerprint=sent.mark,
        source_id=source_id,
        customer_id=None if item.reason or item.customer is None else item.customer.pk,
        occurred_at=item.occurred_at,
        event_name=sent.event_name,
        idempotency_key=sent.idempotency_key or "",
        sent=sent.text,
        readings=tuple([
            NewReading(
                meter_id=counted.kind.combination[0],
                dimensions_id=dimensions[counted.kind.combination],
                quantity=counted.quantity,
            )
            for counted in item.counted
        ]),
    )  # fmt: skip


def dimensions_of(items: Sequence[Prepared]) -> dict[Combination, int]:
    """Return the ids of all combinations that these events have."""
    return dimension_set_ids(
        {counted.kind.combination for item in items for counted in item.counted}
    )


def announce(items: Sequence[Prepared]) -> None:
    """Leave word for whoever keeps the customers' amounts fresh."""
    times: dict[int, list[datetime]] = {}
    for item in items:
        if item.customer is not None and not item.reason:
            times.setdefault(item.customer.pk, []).append(item.occurred_at)
    UsageArrival.objects.bulk_create(
        UsageArrival(customer_id=customer_id, earliest_at=min(found), latest_at=max(found))
        for customer_id, found in sorted(times.items())
    )


def _quarantine(items: Sequence[Prepared], *, source: Source, now: datetime) -> None:
    QuarantinedEvent.objects.bulk_create(
        QuarantinedEvent(
            key=item.key,
            source=source,
            occurred_at=item.occurred_at,
            received_at=now,
            event_name=item.sent.event_name,
            idempotency_key=item.sent.idempotency_key or "",
            customer_reference=item.sent.customer,
            reason=item.reason,
            detail=item.detail,
            sent=item.sent.text,
        )
        for item in items
    )
