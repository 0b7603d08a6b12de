"""Undoing a closed backfill: what it added becomes void, what it made void stands there again."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from usage.models import Backfill, BackfillState, BackfillVoid, QuarantinedEvent
from usage.operations.backfills.open_backfill import changed, expect, locked
from usage.operations.backfills.restore_events import restore_next
from usage.operations.changing_hands import attribute
from usage.operations.discard_event import discard_event
from usage.operations.issuing_apart import wait_for_issuing
from usage.operations.replay_quarantined import NotInQuarantine
from usage.operations.revise_events import announce_voids
from usage.queries.standing_events import standing_for
from usage.store import store
from usage.store.archives.archived import refuse_archived, refuse_archived_keys
from usage.store.interface import NewVoid
from values.failpoints import reached
from values.period import Period

CHUNK = 200


@transaction.atomic
def start_undoing(*, backfill_id: int, now: datetime) -> Backfill:
    """
    Let `undo_next` take the backfill back.

    Whoever calls has made sure that no invoice with its events is issued, and holds
    `wait_for_issuing` since; `unsettled_by` says to those who issue that they wait.

    :raises NotInThatState: it is not closed.
    :raises MonthArchived: events of its time are in a file.
    """
    backfill = locked(backfill_id)
    if backfill.state in (BackfillState.UNDOING, BackfillState.UNDONE):
        return backfill
    expect(backfill, BackfillState.CLOSED)
    # An archiver is done before the look, or sees that this backfill is being undone.
    attribute()
    refuse_archived(Period(backfill.starts_at, backfill.ends_at))
    return changed(backfill, BackfillState.UNDOING, now=now)


def undo_next(*, backfill_id: int, now: datetime) -> bool:
    """
    Void the next events that it added, then put back the next ones; return if there may be more.

    Committed together with how far it is, as `close_next`. The end waits for who issues: they
    may have seen what is not put back.
    """
    with transaction.atomic():
        free = Backfill.objects.select_for_update(skip_locked=True, of=("self",))
        backfill = (
            free.select_related("source__partner")
            .filter(pk=backfill_id, state=BackfillState.UNDOING)
            .first()
        )
        if backfill is None:
            return False
        if not (_void_own(backfill, now=now) or restore_next(backfill, limit=CHUNK, now=now)):
            wait_for_issuing()
            changed(backfill, BackfillState.UNDONE, now=now)
        reached("backfill.undone")
    return backfill.state == BackfillState.UNDOING


def _void_own(backfill: Backfill, *, now: datetime) -> bool:
    added = backfill.events.filter(outcome__in=["accepted", "replaced", "quarantined"])
    rows = list(added.order_by("key")[:CHUNK])
    if not rows:
        return False
    stored = {row.stored_key: row for row in rows if row.stored_key is not None}
    taken = _void_standing(stored, reason=backfill.undone_reason, now=now)
    # The original returns behind what stood last; what its sender took back stays away.
    BackfillVoid.objects.bulk_create(
        (
            BackfillVoid(backfill=backfill, key=end)
            for key, end in standing_for(keys=stored).items()
            if stored[key].outcome == "replaced" and end in taken
        ),
        ignore_conflicts=True,
    )
    done = backfill.events.filter(pk__in=[row.pk for row in rows])
    done.update(detail=F("outcome"), outcome="undone")
    return True


def _void_standing(keys: Collection[UUID], *, reason: str, now: datetime) -> set[UUID]:
    """
    Void or discard what stands for these events by now, and return what counted or waited.

    :raises MonthArchived: one of them is in a file, and counts on.
    """
    taken: set[UUID] = set()
    asked = set(keys)
    while asked:
        ends = sorted(set(standing_for(keys=asked).values()))
        # First: what is being released from quarantine is stored once this is done.
        discarded = _discard(ends, reason=reason, now=now)
        taken |= {key for key, waited in discarded.items() if waited}
        left = [key for key in ends if key not in discarded]
        voided = store.void([NewVoid(key, reason) for key in left], voided_at=now)
        refuse_archived_keys(sorted(voided.missing))
        announce_voids(keys=voided.new)
        taken |= voided.new
        # Replaced by another at this moment: what replaced it is taken next.
        asked = {key for key, end in standing_for(keys=voided.known).items() if key != end}
    return taken


def _discard(keys: Collection[UUID], *, reason: str, now: datetime) -> dict[UUID, bool]:
    """Discard those that are in quarantine, and return for each whether it waited until now."""
    found = {}
    released = Q(resolved_at__isnull=False, discarded_reason="")
    quarantined = QuarantinedEvent.objects.filter(key__in=keys).exclude(released)
    for key in quarantined.order_by("key").values_list("key", flat=True):
        # One that is released at this moment is stored by now.
        with suppress(NotInQuarantine):
            found[key] = discard_event(key=key, reason=reason, now=now)
    return found
