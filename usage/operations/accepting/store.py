"""Storing what is new of the prepared events, and leaving word of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice

from accounts.prepared import run_prepared
from usage.models import QuarantinedEvent, Source
from usage.operations.accepting.outcome import Prepared
from usage.operations.dimension_sets import Combination, dimension_set_ids
from usage.store import store
from usage.store.interface import Appended, NewEvent, NewReading
from values.failpoints import reached

_QUARANTINED_AT_ONCE = 1_000


def store_prepared(items: Sequence[Prepared], *, source: Source, now: datetime) -> Appended:
    """Store what is new, in the caller's transaction, and return which keys were known."""
    dimensions = dimensions_of([item for item in items if not item.reason])
    reached("ingest.dimensions_made")
    appended = store.append(
        [new_event(item, source_id=source.pk, dimensions=dimensions) for item in items],
        received_at=now,
    )
    all_new = len(appended.new) == len(items)
    fresh = items if all_new else [item for item in items if item.key in appended.new]
    waiting = [item for item in fresh if item.reason]
    if waiting:
        _quarantine(waiting, source=source, now=now)
    reached("ingest.quarantined")
    announce(fresh)
    reached("ingest.announced")
    return appended


def new_event(item: Prepared, *, source_id: int, dimensions: Mapping[Combination, int]) -> NewEvent:
    """Return the rows of a prepared event."""
    sent = item.sent
    return NewEvent(
        key=item.key,
        fingerprint=sent.mark,
        source_id=source_id,
        customer_id=None if item.reason or item.customer is None else item.customer.id,
        occurred_at=item.occurred_at,
        event_name=sent.event_name,
        idempotency_key=sent.idempotency_key or "",
        sent=sent.text,
        readings=tuple([
            NewReading(combination[0], dimensions[combination], counted.quantity)
            for counted in item.counted
            for combination in (counted.kind.combination,)
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
            times.setdefault(item.customer.id, []).append(item.occurred_at)
    if not times:
        return
    customers = sorted(times)
    run_prepared(
        "INSERT INTO usage_usagearrival (customer_id, earliest_at, latest_at)"
        " SELECT * FROM unnest(%s::int8[], %s::timestamptz[], %s::timestamptz[])",
        [
            customers,
            [min(times[customer]) for customer in customers],
            [max(times[customer]) for customer in customers],
        ],
    )


def _quarantine(items: Sequence[Prepared], *, source: Source, now: datetime) -> None:
    rows = (
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
    # One statement would be a text several times as long as all these bodies together.
    while chunk := list(islice(rows, _QUARANTINED_AT_ONCE)):
        QuarantinedEvent.objects.bulk_create(chunk)
