"""Closing a backfill: its events are taken over in chunks, then what they replace becomes void."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from usage.intake.json_body import read_json
from usage.intake.sent_event import SentEvent, event_key_of, read_event
from usage.models import Backfill, BackfillState, BackfillVoid, Channel, EventVoid, StagedEvent
from usage.operations.accept_events import accept_events
from usage.operations.accepting.door import says_the_same
from usage.operations.accepting.outcome import Outcome
from usage.operations.backfills.open_backfill import changed, expect, locked
from usage.operations.backfills.put_back import put_back
from usage.operations.changing_hands import await_attributed
from usage.operations.issuing_apart import wait_for_issuing
from usage.operations.revise_events import Revision, announce_voids, revise_events
from usage.queries.backfills import existing_events, keys_out_of_reach
from usage.queries.standing_events import standing_for
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


class SomeWereRefused(RuntimeError):
    """Events would become void whose better version was sent to the backfill, and refused."""


@transaction.atomic
def start_closing(*, backfill_id: int, now: datetime, despite_refused: bool = False) -> Backfill:
    """
    Take nothing more into the backfill, and let `close_next` take it over.

    One that replaces what there is waits for whoever issues, and for what is being stored at
    this moment: committed, that is found by the walk that makes it void.

    :raises NotInThatState: it was discarded or undone.
    :raises SomeWereRefused: it would make void what refused events were to replace.
    :raises MonthArchived: what it replaces is in a file, and could not be made void.
    :raises OperationalError: somebody stores for too long; nothing is changed.
    """
    backfill = locked(backfill_id)
    if backfill.state in (BackfillState.CLOSING, BackfillState.CLOSED):
        return backfill
    if backfill.makes_void_what_was_refused and not despite_refused:
        raise SomeWereRefused(
            f"{backfill.refused:,} of the events that were sent to it were refused; what they were "
            "to replace would become void, with nothing in its place. Discard it and send all of "
            "them right, or close it despite that."
        )
    _begin(backfill, now=now)
    if backfill.replaces_existing:
        wait_for_issuing()
        # Last, as it holds up all usage. An archiver was done before it, and the second look
        # sees that, or comes after it and sees that this backfill is being closed.
        await_attributed()
        refuse_archived(Period(backfill.starts_at, backfill.ends_at))
    return backfill


def _begin(backfill: Backfill, *, now: datetime) -> None:
    expect(backfill, BackfillState.OPEN)
    if backfill.replaces_existing:
        refuse_archived(Period(backfill.starts_at, backfill.ends_at))
    changed(backfill, BackfillState.CLOSING, now=now)


@transaction.atomic
def foresee_closing(*, backfill_id: int, now: datetime) -> Backfill:
    """
    Close a backfill to its end, and return it; whoever calls has a look and takes it back.

    It keeps apart from nobody: those who issue or send never see it.

    :raises NotInThatState: it was discarded or undone.
    :raises MonthArchived: what it replaces is in a file, and could not be made void.
    """
    backfill = locked(backfill_id)
    if backfill.state not in (BackfillState.CLOSING, BackfillState.CLOSED):
        _begin(backfill, now=now)
    if backfill.state == BackfillState.CLOSING:
        while _walk(backfill, now=now):
            pass
        changed(backfill, BackfillState.CLOSED, now=now)
    return backfill


def close_next(*, backfill_id: int, now: datetime) -> bool:
    """
    Take over the next events, then void the next ones they replace; return if there may be more.

    What became of them and how far it is are committed together: killed at any moment and called
    again, each event is taken once. A backfill that another worker has in hand is left to it.
    The end of one that replaces what there is waits for who issues: they may have seen its events
    beside those that they replace.
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
        if not _walk(backfill, now=now):
            if backfill.replaces_existing:
                wait_for_issuing()
            changed(backfill, BackfillState.CLOSED, now=now)
        reached("backfill.done")
    reached("backfill.committed")
    return backfill.state == BackfillState.CLOSING


def _walk(backfill: Backfill, *, now: datetime) -> bool:
    """Take over the next events, else void the next ones that they replace, if any are left."""
    staged = list(backfill.events.filter(outcome="").order_by("key")[:CHUNK])
    if staged:
        _take_over(backfill, staged, now=now)
        return True
    return backfill.replaces_existing and _void_others(backfill, now=now)


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
        _tell(each, outcome)
    _stand_again(backfill, [each for each in staged if each.stored_key in void], now=now)
    if backfill.replaces_existing:
        _replace(backfill, [each for each in staged if each.outcome == "conflict"], now=now)
    for each in staged:
        counted = _COUNTERS.get(each.outcome, "rejected")
        setattr(backfill, counted, getattr(backfill, counted) + 1)
    _save(staged)
    backfill.save()


def _save(staged: Sequence[StagedEvent]) -> None:
    # A tenth of what `bulk_update` takes, while whoever changes hands waits.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE usage_staged_event AS s
            SET outcome = told.outcome, detail = told.detail, stored_key = told.stored_key
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::uuid[])
                 AS told (id, outcome, detail, stored_key)
            WHERE s.id = told.id
            """,
            [
                [each.pk for each in staged],
                [each.outcome for each in staged],
                [each.detail for each in staged],
                [each.stored_key for each in staged],
            ],
        )


def _tell(staged: StagedEvent, outcome: Outcome) -> None:
    staged.outcome, staged.stored_key = str(outcome.status), outcome.key
    staged.detail = outcome.detail or "; ".join(fault.detail for fault in outcome.faults)


def _sent(staged: StagedEvent) -> SentEvent:
    event = read_event(read_json(staged.sent.encode())).with_key(staged.idempotency_key)
    return event.kept_under(staged.fingerprint)


def _stand_again(backfill: Backfill, staged: Sequence[StagedEvent], *, now: datetime) -> None:
    """
    Let events that are void be there: what stands in for each already, or it itself anew.

    What was taken back by its sender or by staff returns only with a backfill that replaces
    what there is.
    """
    standing = standing_for(keys=[each.key for each in staged])
    voids = EventVoid.objects.filter(key__in=standing.values()).values_list("key", "reason")
    void_reasons = dict(voids)
    marks = store.fingerprints(sorted(set(standing.values()) - set(void_reasons)))
    may_return = {
        reason: backfill.replaces_existing or Backfill.has_voided(reason=reason)
        for reason in set(void_reasons.values())
    }
    again = []
    for each in staged:
        stands = each.stored_key = standing[each.key]
        if stands in marks:
            is_same = says_the_same(_sent(each), marks[stands])
            each.outcome, each.detail = "duplicate" if is_same else "conflict", ""
        elif may_return[void_reasons[stands]]:
            again.append(each)
        else:
            each.outcome, each.detail = "conflict", f"void: {void_reasons[stands]}"
    if again:
        outcomes = put_back(source=backfill.source, revisions=_revisions(again), now=now)
        for each, outcome in zip(again, outcomes, strict=True):
            _tell(each, outcome)


def _replace(backfill: Backfill, staged: Sequence[StagedEvent], *, now: datetime) -> None:
    """
    Let events of the backfill stand in for those that are stored under their keys.

    One of a customer that is not the partner's any more stays, and the other a conflict.
    """
    stored = [each.stored_key for each in staged if each.stored_key is not None]
    kept = keys_out_of_reach(backfill=backfill, keys=stored)
    staged = [each for each in staged if each.stored_key not in kept]
    if not staged:
        return
    outcomes = revise_events(
        source=backfill.source,
        revisions=_revisions(staged),
        reason=backfill.void_reason,
        now=now,
        channel=Channel.BACKFILL,
        may_wait=False,
    )
    for each, outcome in zip(staged, outcomes, strict=True):
        each.detail = "; ".join(fault.detail for fault in outcome.faults)
        if outcome.status == "accepted":
            each.outcome, each.stored_key = "replaced", outcome.key


def _revisions(staged: Iterable[StagedEvent]) -> list[Revision]:
    """Return them as what stands in for those that are stored under their keys."""
    return [
        Revision(each.stored_key, _sent(each)) for each in staged if each.stored_key is not None
    ]


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
