"""Closing a backfill: its events are taken over in chunks, then what they replace becomes void."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from usage.intake.json_body import read_json
from usage.intake.revised_key import revised_key
from usage.intake.sent_event import SentEvent, event_key_of, read_event
from usage.models import Backfill, BackfillState, BackfillVoid, Channel, EventVoid, StagedEvent
from usage.operations.accept_events import accept_events
from usage.operations.accepting.door import says_the_same
from usage.operations.backfills.open_backfill import changed, expect, locked
from usage.operations.backfills.put_back import put_back
from usage.operations.revise_events import Revision, announce_voids, revise_events
from usage.queries.backfills import existing_events
from usage.store import store
from usage.store.archives.archived import refuse_archived
from usage.store.interface import NewVoid
from values.failpoints import reached
from values.period import Period

CHUNK = 500
_KNOWN = ("duplicate", "conflict")
_COUNTERS = {
    "accepted": "accepted",
    "replaced": "replaced",
    "duplicate": "duplicates",
    "conflict": "conflicts",
    "quarantined": "quarantined",
}


@transaction.atomic
def start_closing(*, backfill_id: int, now: datetime) -> Backfill:
    """
    Take nothing more into the backfill, and let `close_next` take it over.

    :raises NotInThatState: it was discarded or undone.
    :raises MonthArchived: what it replaces is in a file, and could not be made void.
    """
    backfill = locked(backfill_id)
    if backfill.state in (BackfillState.CLOSING, BackfillState.CLOSED):
        return backfill
    expect(backfill, BackfillState.OPEN)
    if backfill.replaces_existing:
        refuse_archived(Period(backfill.starts_at, backfill.ends_at))
    return changed(backfill, BackfillState.CLOSING, now=now)


def close_next(*, backfill_id: int, now: datetime) -> bool:
    """
    Take over the next events, then void the next ones they replace; return if there may be more.

    What became of them and how far it is are committed together: killed at any moment and called
    again, each event is taken once. A backfill that another worker has in hand is left to it.
    """
    with transaction.atomic():
        free = Backfill.objects.select_for_update(skip_locked=True, of=("self",))
        backfill = (
            free.select_related("source__partner")
            .filter(pk=backfill_id, state=BackfillState.CLOSING)
            .first()
        )
        if backfill is None:
            return False
        staged = list(backfill.events.filter(outcome="").order_by("key")[:CHUNK])
        if staged:
            _take_over(backfill, staged, now=now)
        elif not (backfill.replaces_existing and _void_others(backfill, now=now)):
            changed(backfill, BackfillState.CLOSED, now=now)
        reached("backfill.done")
    reached("backfill.committed")
    return backfill.state == BackfillState.CLOSING


def _take_over(backfill: Backfill, staged: Sequence[StagedEvent], *, now: datetime) -> None:
    outcomes = accept_events(
        source=backfill.source,
        items=[_sent(each) for each in staged],
        now=now,
        channel=Channel.BACKFILL,
    )
    reached("backfill.stored")
    known = [each.key for each in outcomes if each.key and each.status in _KNOWN]
    void = set(EventVoid.objects.filter(key__in=known).values_list("key", flat=True))
    for each, outcome in zip(staged, outcomes, strict=True):
        each.outcome, each.stored_key = str(outcome.status), outcome.key
        each.detail = outcome.detail or "; ".join(fault.detail for fault in outcome.faults)
        if outcome.key in void:
            _stand_again(backfill, each, now=now)
        elif outcome.status == "conflict" and backfill.replaces_existing:
            _replace(backfill, each, now=now)
        counted = _COUNTERS.get(each.outcome, "rejected")
        setattr(backfill, counted, getattr(backfill, counted) + 1)
    StagedEvent.objects.bulk_update(staged, ["outcome", "detail", "stored_key"])
    backfill.save()


def _sent(staged: StagedEvent) -> SentEvent:
    event = read_event(read_json(staged.sent.encode())).with_key(staged.idempotency_key)
    if event.mark == staged.fingerprint:
        return event
    # It was not kept whole: the fingerprint of all that came is that of its staging.
    return msgspec.structs.replace(event, mark=staged.fingerprint, is_sealed=True)


def _stand_again(backfill: Backfill, staged: StagedEvent, *, now: datetime) -> None:
    """
    Let an event that is void be there: what stands in for it already, or it itself anew.

    What was taken back by its sender or by staff returns only with a backfill that replaces
    what there is.
    """
    stands, event = staged.key, _sent(staged)
    while void := EventVoid.objects.filter(key=stands).first():
        following = void.replaced_by or revised_key(stands)
        if not store.fingerprints([following]):
            if not (backfill.replaces_existing or Backfill.has_voided(reason=void.reason)):
                staged.outcome, staged.stored_key = "conflict", stands
                staged.detail = f"void: {void.reason}"
                return
            again = [Revision(stands, event)]
            (outcome,) = put_back(source=backfill.source, revisions=again, now=now)
            staged.outcome, staged.stored_key = str(outcome.status), outcome.key
            staged.detail = outcome.detail or "; ".join(fault.detail for fault in outcome.faults)
            return
        stands = following
    staged.stored_key = stands
    is_same = says_the_same(event, store.fingerprints([stands])[stands])
    staged.outcome = "duplicate" if is_same else "conflict"
    if not is_same and backfill.replaces_existing:
        _replace(backfill, staged, now=now)


def _replace(backfill: Backfill, staged: StagedEvent, *, now: datetime) -> None:
    """Let the backfill's event stand in for the one that was stored under its key."""
    stands = staged.stored_key
    assert stands is not None
    (outcome,) = revise_events(
        source=backfill.source,
        revisions=[Revision(stands, _sent(staged))],
        reason=backfill.void_reason,
        now=now,
        channel=Channel.BACKFILL,
        may_wait=False,
    )
    staged.detail = "; ".join(fault.detail for fault in outcome.faults)
    if outcome.status == "accepted":
        staged.outcome, staged.stored_key = "replaced", outcome.key


def _void_others(backfill: Backfill, *, now: datetime) -> bool:
    """
    Void the next events of the backfill's time and filter that are not its own, if any.

    What stands in for one of its own, amended or moved meanwhile, has its idempotency key and
    is its own too. What came after closing was asked for is not of the time that it replaces.
    """
    place = None
    if backfill.last_at is not None and backfill.last_key is not None:
        place = backfill.last_at, backfill.last_key
    found = existing_events(
        backfill=backfill, received_by=backfill.changed_at, after=place, limit=CHUNK
    )
    if not found:
        return False
    first_keys = {
        event.key: event_key_of(backfill.source_id, event.idempotency_key) for event in found
    }
    own = set(
        backfill.events.filter(key__in=first_keys.values(), stored_key__isnull=False).values_list(
            "key", flat=True
        )
    )
    others = [key for key, first in first_keys.items() if first not in own]
    voided = store.void([NewVoid(key, backfill.void_reason) for key in others], voided_at=now)
    BackfillVoid.objects.bulk_create(
        BackfillVoid(backfill=backfill, key=key) for key in sorted(voided.new)
    )
    announce_voids(keys=voided.new)
    backfill.voided += len(voided.new)
    backfill.last_at, backfill.last_key = found[-1].occurred_at, found[-1].key
    backfill.save()
    return True
