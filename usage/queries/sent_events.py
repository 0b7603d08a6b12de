"""The events that an API key may see: of its customers, and its own in quarantine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import ApiKey, Customer
from accounts.queries.partner_customers import partner_customers
from usage.models import (
    Event,
    EventKey,
    EventVoid,
    QuarantinedEvent,
    Reading,
    Source,
    event_public_id,
)
from usage.queries.corrections import NOT_CORRECTED, Correction, corrections_of

Position = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """
    An event as its sender may see it.

    `customer` is None while it is in quarantine; `reason` and `detail` then say why. `sent` is
    its body as JSON text. `correction` says whether it is void, or stands in for another one.
    """

    key: UUID
    occurred_at: datetime
    received_at: datetime
    source: Source
    customer: Customer | None
    event_name: str
    idempotency_key: str
    sent: str
    reason: str = ""
    detail: str = ""
    correction: Correction = NOT_CORRECTED

    @property
    def public_id(self) -> str:
        """Return the id that API and pages show."""
        return event_public_id(self.key)

    @property
    def status(self) -> str:
        """Return whether it counts, waits, or was taken back."""
        if self.correction.is_void:
            return "void"
        return "quarantined" if self.reason else "accepted"


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What to list; None is no limit. Times are `[since, before)`."""

    customer: Customer | None = None
    event_name: str | None = None
    meter_ids: Sequence[int] | None = None
    since: datetime | None = None
    before: datetime | None = None
    status: str | None = None


def seen_events(
    *, key: ApiKey, wanted: EventFilter, after: Position | None, limit: int
) -> list[SeenEvent]:
    """Return at most `limit` events, the latest first, then by key; `after` is the last place."""
    rows: list[Event | QuarantinedEvent] = []
    if wanted.status != "quarantined":
        accepted = _at_place(_accepted(key, wanted), wanted, after)
        rows += accepted.select_related("source__partner", "customer")[:limit]
    only_attributed = wanted.customer is not None or wanted.meter_ids is not None
    if wanted.status != "accepted" and not only_attributed:
        waiting = _at_place(_quarantined(key, wanted.status), wanted, after)
        rows += waiting.select_related("source__partner")[:limit]
    rows.sort(key=lambda event: (event.occurred_at, event.key), reverse=True)
    return _shown(rows[:limit])


def seen_event(*, key: ApiKey, event_key: UUID) -> SeenEvent | None:
    """Return the event with this key, None where there is none for this API key."""
    taken = EventKey.objects.filter(key=event_key).first()
    if taken is None:
        return None
    accepted = _accepted(key, EventFilter()).filter(occurred_at=taken.occurred_at, key=event_key)
    for event in _shown(accepted.select_related("source__partner", "customer")):
        return event
    waiting = _quarantined(key).filter(key=event_key)
    for event in _shown(waiting.select_related("source__partner")):
        return event
    return None


def own_event(*, source: Source, event_key: UUID) -> Event | QuarantinedEvent | None:
    """Return the event that this source sent under the key, where it waits or stands; or None."""
    taken = EventKey.objects.filter(key=event_key).first()
    if taken is None:
        return None
    stored = Event.objects.filter(occurred_at=taken.occurred_at, key=event_key, source=source)
    waiting = QuarantinedEvent.objects.filter(key=event_key, source=source)
    return stored.select_related("source").first() or waiting.first()


def _accepted(key: ApiKey, wanted: EventFilter) -> QuerySet[Event]:
    if wanted.customer is None:
        events = Event.objects.filter(customer__in=partner_customers(key=key).values("pk"))
    else:
        events = Event.objects.filter(customer=wanted.customer)
    if wanted.meter_ids is not None:
        counted = Reading.objects.filter(
            customer=OuterRef("customer"),
            meter__in=wanted.meter_ids,
            occurred_at=OuterRef("occurred_at"),
            key=OuterRef("key"),
        )
        events = events.filter(Exists(counted))
    if wanted.status is not None:
        is_void = Exists(EventVoid.objects.filter(key=OuterRef("key")))
        events = events.filter(is_void if wanted.status == "void" else ~is_void)
    return events


def _quarantined(key: ApiKey, status: str | None = None) -> QuerySet[QuarantinedEvent]:
    """Return what waits, what was discarded, or both; what was replayed is stored."""
    waits, was_discarded = Q(resolved_at=None), ~Q(discarded_reason="")
    states = {"quarantined": waits, "void": was_discarded}
    return QuarantinedEvent.objects.filter(
        states.get(status or "", waits | was_discarded),
        source__partner=key.partner_id,
        source__mode=key.mode,
    )


def _at_place(events: QuerySet[Any], wanted: EventFilter, after: Position | None) -> QuerySet[Any]:
    if wanted.event_name is not None:
        events = events.filter(event_name=wanted.event_name)
    if wanted.since is not None:
        events = events.filter(occurred_at__gte=wanted.since)
    if wanted.before is not None:
        events = events.filter(occurred_at__lt=wanted.before)
    if after is not None:
        instant, last_key = after
        events = events.filter(
            Q(occurred_at__lt=instant) | Q(key__lt=last_key), occurred_at__lte=instant
        )
    return events.order_by("-occurred_at", "-key")


def _shown(found: Iterable[Event | QuarantinedEvent]) -> list[SeenEvent]:
    events = list(found)
    corrections = corrections_of(keys=[event.key for event in events])
    return [
        SeenEvent(
            key=event.key,
            occurred_at=event.occurred_at,
            received_at=event.received_at,
            source=event.source,
            customer=event.customer if isinstance(event, Event) else None,
            event_name=event.event_name,
            idempotency_key=event.idempotency_key,
            sent=event.sent,
            reason="" if isinstance(event, Event) else event.reason,
            detail="" if isinstance(event, Event) else event.detail,
            correction=corrections.get(event.key, NOT_CORRECTED),
        )
        for event in events
    ]
