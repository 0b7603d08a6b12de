"""Undoing a closed backfill: what it added becomes void, what it made void stands there again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usage.intake.revised_key import revised_key
from usage.models import (
    Backfill,
    BackfillState,
    BackfillVoid,
    Channel,
    EventVoid,
)
from usage.operations.accepting.outcome import Outcome
from usage.operations.accepting.receipt import write_receipt
from usage.operations.backfills.open_backfill import changed, expect, locked
from usage.operations.backfills.undoing_apart import wait_for_issuing
from usage.operations.discard_event import discard_event
from usage.operations.replay_quarantined import NotInQuarantine
from usage.operations.revise_events import announce_voids
from usage.queries.standing_events import standing_for
from usage.store import store
from usage.store.archives.archived import refuse_archived
from usage.store.interface import NewVoid
from values.failpoints import reached
from values.period import Period

CHUNK = 200


@transaction.atomic
def start_undoing(*, backfill_id: int, now: datetime) -> Backfill:
    """
    Let `undo_next` take the backfill back.

    Whoever calls has made sure that no invoice with its events is issued, and holds
    `wait_for_issuing` since; `is_being_undone` says to those who issue that they wait.

    :raises NotInThatState: it is not closed.
    :raises MonthArchived: events of its time are in a file.
    """
    backfill = locked(backfill_id)
    if backfill.state in (BackfillState.UNDOING, BackfillState.UNDONE):
        return backfill
    expect(backfill, BackfillState.CLOSED)
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
        if not (_void_own(backfill, now=now) or _restore(backfill, now=now)):
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
    for row in rows:
        row.detail, row.outcome = row.outcome, "undone"
    type(rows[0]).objects.bulk_update(rows, ["outcome", "detail"])
    return True


def _void_standing(keys: Collection[UUID], *, reason: str, now: datetime) -> set[UUID]:
    """Void or discard what stands for these events by now, and return what counted or waited."""
    taken: set[UUID] = set()
    asked = set(keys)
    while asked:
        ends = sorted(set(standing_for(keys=asked).values()))
        voided = store.void([NewVoid(key, reason) for key in ends], voided_at=now)
        announce_voids(keys=voided.new)
        taken |= voided.new
        for key in voided.missing:
            try:
                discard_event(key=key, reason=reason, now=now)
            except NotInQuarantine:
                continue
            taken.add(key)
        # Replaced by another at this moment: what replaced it is taken next.
        asked = {key for key, end in standing_for(keys=voided.known).items() if key != end}
    return taken


def _restore(backfill: Backfill, *, now: datetime) -> bool:
    gone = backfill.voids.all()
    if backfill.last_key is not None:
        gone = gone.filter(key__gt=backfill.last_key)
    keys = list(gone.order_by("key").values_list("key", flat=True)[:CHUNK])
    if not keys:
        return False
    originals = _originals(backfill, keys)
    back = {original: revised_key(key) for key, original in originals.items()}
    new = store.put_back(back, received_at=now)
    # Each original is void: customer and time of its void are those of what returns.
    announce_voids(keys=frozenset(original for original, key in back.items() if key in new))
    outcomes = [Outcome("accepted" if key in new else "duplicate", key) for key in back.values()]
    write_receipt(outcomes, source=backfill.source, channel=Channel.CORRECTION, now=now)
    backfill.put_back += len(new)
    backfill.last_key = keys[-1]
    backfill.save()
    return True


def _originals(backfill: Backfill, keys: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return what is stored anew for each key: of a replacement what the backfill replaced."""
    originals = {key: key for key in keys}
    replaced = backfill.events.filter(outcome="undone", detail="replaced")
    earlier: dict[UUID, UUID] = {key: key for key in keys}
    while earlier:
        before = dict(
            EventVoid.objects.filter(replaced_by__in=earlier.values()).values_list(
                "replaced_by", "key"
            )
        )
        its_own = set(replaced.filter(stored_key__in=before).values_list("stored_key", flat=True))
        for key, reached_key in earlier.items():
            if reached_key in its_own:
                originals[key] = before[reached_key]
        earlier = {
            key: before[reached_key]
            for key, reached_key in earlier.items()
            if reached_key in before and reached_key not in its_own
        }
    return originals
