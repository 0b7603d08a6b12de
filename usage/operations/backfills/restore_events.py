"""What a backfill made void stands there again: as it was counted, or with who holds its number."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from usage.intake.revised_key import revised_key
from usage.models import Backfill, Channel, EventVoid
from usage.operations.accepting.outcome import Outcome
from usage.operations.accepting.receipt import write_receipt
from usage.operations.backfills.put_back import put_back
from usage.operations.changing_hands import attribute
from usage.operations.revise_events import Revision, announce_voids
from usage.queries.displaced_events import displaced_events
from usage.store import store
from usage.store.archives.archived import refuse_archived_keys
from usage.store.put_back import NotStored


def restore_next(backfill: Backfill, *, limit: int, now: datetime) -> bool:
    """
    Store the next originals of what the backfill made void anew; return if there were any.

    Each is stored as it was counted; one whose number, agent or location somebody else holds by
    now goes to them, and where nobody does to quarantine.

    :raises MonthArchived: an original is in a file.
    """
    gone = backfill.voids.all()
    if backfill.last_key is not None:
        gone = gone.filter(key__gt=backfill.last_key)
    keys = list(gone.order_by("key").values_list("key", flat=True)[:limit])
    if not keys:
        return False
    # Before the look who holds a number: it changes hands earlier, or finds what is stored here.
    attribute()
    originals = _originals(backfill, keys)
    followed = _follow_subjects(backfill, originals, now=now)
    back = {
        original: revised_key(key) for key, original in originals.items() if key not in followed
    }
    new = _store_as_counted(backfill, back, now=now)
    # Each original is void: customer and time of its void are those of what returns.
    announce_voids(keys=frozenset(original for original, key in back.items() if key in new))
    backfill.put_back += len(new) + sum(followed.values())
    backfill.last_key = keys[-1]
    backfill.save()
    return True


def _follow_subjects(
    backfill: Backfill, originals: Mapping[UUID, UUID], *, now: datetime
) -> dict[UUID, bool]:
    """
    Store those that somebody else would have by now, and return whether each of them is new.

    What no meter of its new holder can read is left out, and stays where it was.
    """
    displaced = displaced_events(source=backfill.source, keys=originals.values(), now=now)
    revisions = [
        Revision(key, displaced[original])
        for key, original in originals.items()
        if original in displaced
    ]
    if not revisions:
        return {}
    outcomes = put_back(source=backfill.source, revisions=revisions, now=now)
    return {
        revision.key: outcome.status != "duplicate"
        for revision, outcome in zip(revisions, outcomes, strict=True)
        if outcome.status != "rejected"
    }


def _store_as_counted(
    backfill: Backfill, back: Mapping[UUID, UUID], *, now: datetime
) -> frozenset[UUID]:
    if not back:
        return frozenset()
    try:
        new = store.put_back(back, received_at=now)
    except NotStored:
        refuse_archived_keys(sorted(back))
        raise
    outcomes = [Outcome("accepted" if key in new else "duplicate", key) for key in back.values()]
    write_receipt(outcomes, source=backfill.source, channel=Channel.CORRECTION, now=now)
    return new


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
