"""Replaying events from quarantine once their cause is fixed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from usage.intake.json_body import read_json
from usage.intake.sent_event import Fault, Rejected, SentEvent, read_event
from usage.models import Event, EventKey, QuarantinedEvent, QuarantineReason
from usage.operations.accept_events import (
    Outcome,
    announce,
    dimensions_of,
    new_event,
    prepare_events,
)
from usage.operations.changing_hands import attribute
from usage.store import store
from usage.store.partitions import ensure_months
from values.failpoints import reached


class NotInQuarantine(LookupError):
    """No event with this key waits: it was replayed, somebody is at it, or it never was here."""


@transaction.atomic
def replay_quarantined(*, key: UUID, now: datetime) -> Outcome:
    """
    Try an event of the quarantine again, as if it came now with its own time.

    What can be attributed and counted now is stored once; else the reason is renewed and the
    event goes on waiting, also where its meter cannot read it.

    :raises NotInQuarantine:
    """
    attribute()
    return replay_waiting(key=key, now=now, leaves_locked=True)


@transaction.atomic
def replay_waiting(*, key: UUID, now: datetime, leaves_locked: bool) -> Outcome:
    """
    Do what `replay_quarantined` does, in a transaction that keeps its subjects in their hands.

    Who attributes events leaves those that another has locked: one who moves them waits at the
    end for all who attribute, and they must not wait for that one. Who moves them waits.

    :raises NotInQuarantine:
    """
    waiting = (
        QuarantinedEvent.objects.select_for_update(skip_locked=leaves_locked, of=("self",))
        .select_related("source__partner")
        .filter(key=key, resolved_at=None)
        .first()
    )
    if waiting is None:
        raise NotInQuarantine(str(key))
    event = as_sent(waiting)
    (item,) = prepare_events(source=waiting.source, items=[event], now=now)
    if isinstance(item, Rejected):
        _go_on_waiting(waiting, QuarantineReason.BAD_VALUE, _said(item.faults))
        return Outcome(status="rejected", key=key, faults=item.faults)
    if item.reason:
        _go_on_waiting(waiting, item.reason, item.detail)
        return Outcome(status="quarantined", key=key, reason=item.reason, detail=item.detail)
    # One that stands in for another event has a key that no idempotency key leads to.
    item = msgspec.structs.replace(item, key=key)
    ensure_months([item.occurred_at])
    store.append_released(
        new_event(item, source_id=waiting.source_id, dimensions=dimensions_of([item])),
        received_at=waiting.received_at,
    )
    reached("replay.stored")
    announce([item])
    waiting.resolved_at = now
    waiting.save(update_fields=["resolved_at"])
    reached("replay.resolved")
    return Outcome(
        status="accepted", key=key, idempotency_key=event.idempotency_key, absent=item.absent
    )


def _said(faults: Sequence[Fault]) -> str:
    """Return in one sentence what a meter cannot read."""
    return "; ".join(fault.detail for fault in faults)


def _go_on_waiting(waiting: QuarantinedEvent, reason: str, detail: str) -> None:
    waiting.reason, waiting.detail = reason, detail
    waiting.save(update_fields=["reason", "detail"])


def as_sent(waiting: QuarantinedEvent) -> SentEvent:
    """Return an event of the quarantine as it came, with its own time and key."""
    event = read_event(read_json(waiting.sent.encode())).with_key(waiting.idempotency_key)
    return event if event.occurred_at else event.at(waiting.occurred_at)


def replayed_customers(*, keys: Sequence[UUID], now: datetime) -> set[int]:
    """Try events that move again and return whose usage grew by those that are accepted."""
    accepted = []
    for key in keys:
        try:
            outcome = replay_waiting(key=key, now=now, leaves_locked=False)
        except NotInQuarantine:
            continue
        if outcome.status == "accepted":
            accepted.append(key)
    return set(
        Event.objects.filter(
            occurred_at__in=EventKey.objects.filter(key__in=accepted).values("occurred_at"),
            key__in=accepted,
        ).values_list("customer_id", flat=True)
    )
