"""Accepting events: attribute, measure, store exactly once, tell each item what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal
from uuid import UUID

from django.db import transaction

from accounts.models import Customer
from usage.intake.sent_event import Fault, Rejected, SentEvent, event_key_of
from usage.metering.measurement import Measurement, UnknownAction
from usage.models import Meter, QuarantinedEvent, QuarantineReason, Source, UsageArrival
from usage.operations.dimension_sets import combination_text, dimension_set_ids
from usage.operations.measure_event import FURTHEST_AHEAD, CountingMeter, counted_at, measured_by
from usage.queries.attribution import Attribution, meters_by_event_name
from usage.store import store
from usage.store.interface import NewEvent, NewReading
from usage.store.partitions import ensure_months

_Meters = Mapping[tuple[int, str], list[CountingMeter]]
"""By legal entity and event name."""

Status = Literal["accepted", "duplicate", "conflict", "quarantined", "rejected"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of one item of a request.

    `faults` is why it was rejected, `reason` and `detail` why it is in quarantine; a conflict
    carries both bodies (JSON texts) and both fingerprints; `absent` are group keys that the
    event does not have, `warning` what the sender should know of an accepted one.
    """

    status: Status
    key: UUID | None = None
    idempotency_key: str | None = None
    faults: tuple[Fault, ...] = ()
    reason: str = ""
    detail: str = ""
    warning: str = ""
    sent: str | None = None
    stored: str | None = None
    sent_fingerprint: int | None = None
    stored_fingerprint: int | None = None
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    An event ready to be stored: whose it is and what it counts, or why it must wait.

    `occurred_at` is when it counts: of a call the answer. No measurements and no reason: no
    meter's filters let it through, and it is kept without being counted.
    """

    sent: SentEvent
    key: UUID
    occurred_at: datetime
    customer: Customer | None
    measurements: tuple[tuple[Meter, Measurement], ...] = ()
    reason: str = ""
    detail: str = ""

    @property
    def absent(self) -> tuple[str, ...]:
        """Return the group keys that the event does not have."""
        return tuple(sorted({name for _, m in self.measurements for name in m.absent}))


def accept_events(
    *, source: Source, items: Sequence[SentEvent | Rejected], now: datetime
) -> list[Outcome]:
    """
    Store the events among the items and return an outcome for each item, in order.

    Every event has its idempotency key by now. All that is new is committed together when
    this returns; a known key changes nothing, whatever its body. A rejected item takes no key.
    """
    prepared = prepare_events(source=source, items=items, now=now)
    first: dict[UUID, Prepared] = {}
    for item in prepared:
        if isinstance(item, Prepared):
            first.setdefault(item.key, item)
    ensure_months(item.occurred_at for item in first.values() if not item.reason)
    with transaction.atomic():
        known = _store(list(first.values()), source=source, now=now)
    # What a meter refuses today may have been stored when it did not: the key decides.
    refused = [
        _key(source, event)
        for event, item in zip(items, prepared, strict=True)
        if isinstance(event, SentEvent) and isinstance(item, Rejected)
    ]
    known = {**known, **store.fingerprints([key for key in refused if key not in first])}
    stored = store.bodies(list(known))

    def outcome(event: SentEvent | Rejected, item: Prepared | Rejected) -> Outcome:
        if isinstance(event, Rejected):
            return Outcome(status="rejected", faults=event.faults)
        key = _key(source, event)
        if key in known:
            return _known_outcome(event, key, known[key], stored[key])
        if isinstance(item, Rejected):
            return Outcome(status="rejected", faults=item.faults)
        earlier = first[key]
        if earlier is item:
            return _stored_outcome(item)
        return _known_outcome(event, key, earlier.sent.fingerprint(), earlier.sent.sent_text())

    return [outcome(event, item) for event, item in zip(items, prepared, strict=True)]


def prepare_events(
    *, source: Source, items: Sequence[SentEvent | Rejected], now: datetime
) -> list[Prepared | Rejected]:
    """Return each event attributed and measured as of `now`; the rejected stay as they are."""
    events = [item for item in items if isinstance(item, SentEvent)]
    attribution = Attribution(source=source, references=[event.customer for event in events])
    meters = _counting_meters(attribution, events)
    prepared: list[Prepared | Rejected] = []
    for item in items:
        if isinstance(item, Rejected):
            prepared.append(item)
            continue
        try:
            prepared.append(_prepare(item, attribution, meters=meters, source=source, now=now))
        except Rejected as rejected:
            prepared.append(rejected)
    return prepared


def new_event(
    item: Prepared, *, source_id: int, dimensions: Mapping[tuple[int, str], int]
) -> NewEvent:
    """Return the rows of a prepared event."""
    return NewEvent(
        key=item.key,
        fingerprint=item.sent.fingerprint(),
        source_id=source_id,
        customer_id=None if item.reason or item.customer is None else item.customer.pk,
        occurred_at=item.occurred_at,
        event_name=item.sent.event_name,
        idempotency_key=item.sent.idempotency_key or "",
        sent=item.sent.sent_text(),
        readings=tuple(
            NewReading(
                meter_id=meter.pk,
                dimensions_id=dimensions[meter.pk, combination_text(measured.dimensions)],
                quantity=measured.value,
            )
            for meter, measured in item.measurements
        ),
    )


def dimensions_of(items: Sequence[Prepared]) -> dict[tuple[int, str], int]:
    """Return the ids of all combinations that these events have."""
    return dimension_set_ids(
        (meter.pk, combination_text(measured.dimensions))
        for item in items
        for meter, measured in item.measurements
    )


def announce(items: Sequence[Prepared]) -> None:
    """Leave word for whoever keeps the customers' amounts fresh."""
    spans: dict[int, tuple[datetime, datetime]] = {}
    for item in items:
        if item.customer is not None and not item.reason:
            low, high = spans.get(item.customer.pk, (item.occurred_at, item.occurred_at))
            spans[item.customer.pk] = min(low, item.occurred_at), max(high, item.occurred_at)
    UsageArrival.objects.bulk_create(
        UsageArrival(customer_id=customer_id, earliest_at=low, latest_at=high)
        for customer_id, (low, high) in sorted(spans.items())
    )


def _key(source: Source, event: SentEvent) -> UUID:
    return event_key_of(source.pk, event.idempotency_key or "")


def _counting_meters(attribution: Attribution, events: Sequence[SentEvent]) -> _Meters:
    rows = meters_by_event_name(
        legal_entity_ids=attribution.legal_entity_ids(),
        event_names=[event.event_name for event in events],
    )
    return {key: [CountingMeter(row, row.terms()) for row in found] for key, found in rows.items()}


def _prepare(
    event: SentEvent,
    attribution: Attribution,
    *,
    meters: _Meters,
    source: Source,
    now: datetime,
) -> Prepared:
    customer, at = _attributed(event, attribution, meters=meters, now=now)
    prepared = partial(
        Prepared, sent=event, key=_key(source, event), occurred_at=at, customer=customer
    )
    if customer is None:
        return prepared(
            reason=QuarantineReason.UNKNOWN_CUSTOMER,
            detail=f"no customer of yours has the id {event.customer!r}, and no subject "
            "of that name was held at the time",
        )
    wanted = meters.get((customer.legal_entity_id, event.event_name), [])
    if not wanted:
        return prepared(
            reason=QuarantineReason.UNKNOWN_EVENT_NAME,
            detail=f"no meter counts events named {event.event_name!r}",
        )
    try:
        return prepared(measurements=measured_by(event, wanted, at=at))
    except UnknownAction as error:
        return prepared(reason=QuarantineReason.UNKNOWN_ACTION, detail=str(error))


def _attributed(
    event: SentEvent, attribution: Attribution, *, meters: _Meters, now: datetime
) -> tuple[Customer | None, datetime]:
    """Return whose event it is, and when it counts."""
    customer = attribution.customer(event.customer, occurred_at=event.occurred_at, now=now)
    local_now = now if customer is None else customer.now(now=now)
    occurred_at = event.occurred_at or local_now
    latest = max(now, local_now) + FURTHEST_AHEAD
    if occurred_at > latest:
        raise Rejected(Fault("/occurred_at", "too_far_ahead", "the time is more than a year ahead"))
    possible = [
        meter
        for (entity_id, name), found in meters.items()
        if name == event.event_name and (customer is None or customer.legal_entity_id == entity_id)
        for meter in found
    ]
    at = counted_at(event, possible, occurred_at=occurred_at, latest=latest)
    if at != occurred_at:
        # Whose number it was, too, is told by when the call was answered.
        customer = attribution.customer(event.customer, occurred_at=at, now=now)
    return customer, at


def _store(items: Sequence[Prepared], *, source: Source, now: datetime) -> Mapping[UUID, int]:
    """Store what is new and return the fingerprints of what was known."""
    attributed = [item for item in items if not item.reason]
    dimensions = dimensions_of(attributed)
    appended = store.append(
        [new_event(item, source_id=source.pk, dimensions=dimensions) for item in items],
        received_at=now,
    )
    fresh = [item for item in items if item.key in appended.new]
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
            sent=item.sent.sent_text(),
        )
        for item in fresh
        if item.reason
    )
    announce(fresh)
    return appended.known


def _stored_outcome(item: Prepared) -> Outcome:
    return Outcome(
        status="quarantined" if item.reason else "accepted",
        key=item.key,
        idempotency_key=item.sent.idempotency_key,
        reason=item.reason,
        detail=item.detail,
        absent=item.absent,
    )


def _known_outcome(event: SentEvent, key: UUID, stored_fingerprint: int, stored: str) -> Outcome:
    fingerprint = event.fingerprint()
    if fingerprint == stored_fingerprint:
        return Outcome(status="duplicate", key=key, idempotency_key=event.idempotency_key)
    return Outcome(
        status="conflict",
        key=key,
        idempotency_key=event.idempotency_key,
        sent=event.sent_text(),
        stored=stored,
        sent_fingerprint=fingerprint,
        stored_fingerprint=stored_fingerprint,
    )
