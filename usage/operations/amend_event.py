"""Amending an event: another one stands in for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from usage.intake.json_body import read_json
from usage.intake.sent_event import Fault, SentEvent, fingerprint_of, read_event
from usage.models import Channel, Event, EventVoid
from usage.operations.accepting.door import says_the_same
from usage.operations.accepting.outcome import Outcome
from usage.operations.accepting.receipt import write_receipt
from usage.operations.changing_hands import attribute
from usage.operations.discard_event import given_reason
from usage.operations.revise_events import Revision, revise_events
from usage.store import store
from values.failpoints import reached

_ANOTHER_KEY = (
    "the amended event keeps its idempotency key: leave it out, or send this as a new event"
)


def amend_event(*, event: Event, body: SentEvent, reason: str, now: datetime) -> Outcome:
    """
    Store what the event should have said, let the event itself count no more, tell the outcome.

    A body without a time happened when the event did. The same amendment again is a duplicate,
    as is a body that changes nothing; another one of an event that is amended already is a
    conflict with what stands for it. An amendment never goes into quarantine, where neither of
    the two would be billed: it is rejected, and the event counts on.

    :raises ReasonNeeded:
    """
    reason = given_reason(reason)
    outcome = _without_change(event, body)
    if outcome is not None:
        write_receipt([outcome], source=event.source, channel=Channel.CORRECTION, now=now)
        return outcome
    amended = body.with_key(event.idempotency_key)
    if amended.occurred_at is None:
        amended = amended.at(event.occurred_at)
    with transaction.atomic():
        attribute()
        (outcome,) = revise_events(
            source=event.source,
            revisions=[Revision(event.key, amended)],
            reason=reason,
            now=now,
            may_wait=False,
        )
    reached("amending.committed")
    return outcome


def _without_change(event: Event, body: SentEvent) -> Outcome | None:
    if body.idempotency_key not in (None, event.idempotency_key):
        return Outcome("rejected", faults=(Fault("/idempotency_key", "another_key", _ANOTHER_KEY),))
    if _says_the_same(event, body) and not EventVoid.objects.filter(key=event.key).exists():
        return Outcome("duplicate", event.key, event.idempotency_key)
    return None


def _says_the_same(event: Event, body: SentEvent) -> bool:
    """Return whether nothing is different once the body has the event's key and time."""
    stored = read_json(event.sent.encode())
    stored_at = read_event(stored).occurred_at or event.occurred_at
    sent = read_json(body.text.encode())
    whole = _whole(sent, event, at=body.occurred_at or stored_at)
    if fingerprint_of(whole) == fingerprint_of(_whole(stored, event, at=stored_at)):
        return True
    # Of a body that was not kept whole only its fingerprint knows what it said.
    came = _as_it_came(sent, stored) if body.occurred_at in (None, stored_at) else sent
    return any(
        says_the_same(msgspec.structs.replace(body, mark=fingerprint_of(came)), mark)
        for mark in store.fingerprints([event.key]).values()
    )


def _as_it_came(sent: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with key and time where the stored one has them, written as there."""
    names = ("idempotency_key", "occurred_at")
    body = {name: value for name, value in sent.items() if name not in names}
    return body | {name: stored[name] for name in names if name in stored}


def _whole(sent: Mapping[str, Any], event: Event, *, at: datetime) -> dict[str, Any]:
    return {**sent, "idempotency_key": event.idempotency_key, "occurred_at": at.isoformat()}
