"""Events that stand in for stored ones: corrected by their sender, or moved with their number."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Max, Min

from usage.intake.revised_key import revised_key
from usage.intake.sent_event import Fault, Rejected, SentEvent
from usage.models import Channel, EventVoid, QuarantineReason, Source, UsageArrival
from usage.operations.accepting.door import says_the_same
from usage.operations.accepting.outcome import Outcome, Prepared
from usage.operations.accepting.prepare import prepare_events
from usage.operations.accepting.receipt import write_receipt
from usage.operations.accepting.store import store_prepared
from usage.store import store
from usage.store.archives.archived import MonthArchived, archived_keys
from usage.store.interface import NewVoid
from usage.store.partitions import ensure_months
from values.failpoints import reached


class Revision(NamedTuple):
    """The key of a stored event, and the event that stands for it from now on."""

    key: UUID
    event: SentEvent


def revise_events(
    *,
    source: Source,
    revisions: Sequence[Revision],
    reason: str,
    now: datetime,
    channel: Channel = Channel.CORRECTION,
    may_wait: bool = True,
) -> list[Outcome]:
    """
    Store each new event, let the one that it replaces count no more, and tell each outcome.

    Both are committed together. An event that cannot be attributed or counted goes to
    quarantine, and what it replaces is void all the same; unless it `may_wait`, it is rejected.
    What is rejected changes nothing: also an event that no meter can read, and one whose old
    event is void already, for another reason, or not stored. The same revision again is a
    duplicate, another one of the same event a conflict. No two revise one event.
    """
    prepared = prepare_events(source=source, items=[each.event for each in revisions], now=now)
    items = [_revised(*pair, may_wait=may_wait) for pair in zip(revisions, prepared, strict=True)]
    ensure_months(
        {item.occurred_at for item in items if isinstance(item, Prepared) and not item.reason}
    )
    with transaction.atomic():
        outcomes = _stored(source, revisions, items, reason=reason, now=now)
        write_receipt(outcomes, source=source, channel=channel, now=now)
        reached("revising.receipt_written")
    reached("revising.committed")
    return outcomes


_POINTERS = {
    QuarantineReason.UNKNOWN_CUSTOMER: "/customer_id",
    QuarantineReason.UNKNOWN_EVENT_NAME: "/event_name",
    QuarantineReason.UNKNOWN_ACTION: "/properties",
}


def _revised(
    revision: Revision, item: Prepared | Rejected, *, may_wait: bool
) -> Prepared | Rejected:
    if isinstance(item, Rejected):
        return item
    if item.reason and not may_wait:
        return Rejected(Fault(_POINTERS[QuarantineReason(item.reason)], item.reason, item.detail))
    return msgspec.structs.replace(item, key=revised_key(revision.key))


def _stored(
    source: Source,
    revisions: Sequence[Revision],
    items: Sequence[Prepared | Rejected],
    *,
    reason: str,
    now: datetime,
) -> list[Outcome]:
    wanted = {
        revision.key: item
        for revision, item in zip(revisions, items, strict=True)
        if isinstance(item, Prepared)
    }
    # What is replaced first: two that replace one event meet here, and the second one waits.
    voided = store.void(
        [NewVoid(key, reason, item.key) for key, item in wanted.items()], voided_at=now
    )
    reached("revising.voided")
    store_prepared([wanted[key] for key in voided.new], source=source, now=now)
    reached("revising.stored")
    announce_voids(keys=voided.new)
    # What a meter refuses today may have been taken when it did not.
    asked = [revision.key for revision in revisions if revision.key not in voided.new]
    taken = _Taken(asked, voided.missing)
    return [
        _outcome(revision, item, taken) for revision, item in zip(revisions, items, strict=True)
    ]


def announce_voids(*, keys: frozenset[UUID]) -> None:
    """Leave word for whoever keeps the amounts of those whose events became void."""
    found = (
        EventVoid.objects.filter(key__in=keys)
        .values("customer_id")
        .annotate(earliest_at=Min("occurred_at"), latest_at=Max("occurred_at"))
        .order_by("customer_id")
    )
    UsageArrival.objects.bulk_create(UsageArrival(**times) for times in found if keys)


class _Taken:
    """Which of the replaced events were void before or are not there, and what stands for them."""

    def __init__(self, keys: Sequence[UUID], missing: frozenset[UUID]) -> None:
        self.missing = missing
        self.archived = archived_keys(sorted(missing))
        voids = EventVoid.objects.filter(key__in=keys).values_list("key", "replaced_by")
        self.replaced_by: dict[UUID, UUID | None] = dict(voids) if keys else {}
        standing = [key for key in self.replaced_by.values() if key]
        self.marks = store.fingerprints(standing)
        self.bodies = store.bodies(standing)


def _outcome(revision: Revision, item: Prepared | Rejected, taken: _Taken) -> Outcome:
    if revision.key in taken.archived:
        return _refused("archived", str(MonthArchived([taken.archived[revision.key]])))
    if revision.key in taken.missing:
        return _refused("not_stored", "there is no such event, or it waits in quarantine")
    if revision.key in taken.replaced_by:
        return _known_outcome(revision, taken)
    if isinstance(item, Rejected):
        return Outcome("rejected", faults=item.faults)
    return Outcome(
        "quarantined" if item.reason else "accepted",
        item.key,
        item.sent.idempotency_key,
        reason=item.reason,
        detail=item.detail,
        absent=item.absent,
    )


def _known_outcome(revision: Revision, taken: _Taken) -> Outcome:
    stands, event = taken.replaced_by[revision.key], revision.event
    if stands is None:
        return _refused("void", "the event is void already")
    if says_the_same(event, taken.marks[stands]):
        return Outcome("duplicate", stands, event.idempotency_key)
    return Outcome(
        "conflict",
        stands,
        event.idempotency_key,
        sent=event.text,
        stored=taken.bodies.get(stands),
        sent_fingerprint=event.mark,
        stored_fingerprint=taken.marks[stands],
    )


def _refused(code: str, detail: str) -> Outcome:
    return Outcome("rejected", faults=(Fault("", code, detail),))
