"""Staging events of a backfill: checked like sent ones, kept apart, counted by nobody yet."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usage.intake.sent_event import Fault, Rejected, SentEvent
from usage.models import Backfill, BackfillState, StagedEvent
from usage.operations.accepting.door import says_the_same
from usage.operations.accepting.outcome import Outcome, Prepared
from usage.operations.accepting.prepare import prepare_events
from usage.operations.backfills.open_backfill import expect, locked


@transaction.atomic
def stage_events(
    *, backfill_id: int, items: Sequence[SentEvent | Rejected], now: datetime
) -> list[Outcome]:
    """
    Keep each event of the backfill's time and filter once, and tell each item's outcome.

    `accepted` is staged, and would be counted as things are now; `quarantined` is staged and
    would wait. A duplicate or conflict is one with what is staged. Nothing is counted, and no
    key taken, before the backfill is closed.

    :raises NotInThatState: it is not open any more.
    """
    backfill = locked(backfill_id)
    expect(backfill, BackfillState.OPEN)
    prepared = [
        _fitting(backfill, *pair)
        for pair in zip(
            items, prepare_events(source=backfill.source, items=items, now=now), strict=True
        )
    ]
    first: dict[UUID, Prepared] = {}
    for item in prepared:
        if isinstance(item, Prepared):
            first.setdefault(item.key, item)
    known = {
        staged.key: staged
        for staged in StagedEvent.objects.filter(backfill=backfill, key__in=first)
    }
    new = [item for key, item in sorted(first.items()) if key not in known]
    StagedEvent.objects.bulk_create(_staged(backfill, item) for item in new)
    backfill.staged += len(new)
    backfill.save(update_fields=["staged"])
    return [_outcome(item, first, known) for item in prepared]


def _fitting(
    backfill: Backfill, event: SentEvent | Rejected, item: Prepared | Rejected
) -> Prepared | Rejected:
    if isinstance(item, Rejected) or isinstance(event, Rejected):
        return item
    if event.occurred_at is None:
        return Rejected(Fault("/occurred_at", "required", "events of a backfill say their time"))
    if not backfill.starts_at <= item.occurred_at < backfill.ends_at:
        return Rejected(Fault("/occurred_at", "outside", "the time is not the backfill's"))
    if backfill.event_name and event.event_name != backfill.event_name:
        reason = f"the backfill is of events named {backfill.event_name!r}"
        return Rejected(Fault("/event_name", "outside", reason))
    if backfill.customer_id is not None and (
        item.customer is None or item.customer.pk != backfill.customer_id
    ):
        return Rejected(Fault("/customer_id", "outside", "the backfill is of another customer"))
    return item


def _staged(backfill: Backfill, item: Prepared) -> StagedEvent:
    return StagedEvent(
        backfill=backfill,
        key=item.key,
        fingerprint=item.sent.mark,
        occurred_at=item.occurred_at,
        idempotency_key=item.sent.idempotency_key or "",
        sent=item.sent.text,
    )


def _outcome(
    item: Prepared | Rejected, first: dict[UUID, Prepared], known: dict[UUID, StagedEvent]
) -> Outcome:
    if isinstance(item, Rejected):
        return Outcome("rejected", faults=item.faults)
    earlier = known.get(item.key)
    mark = first[item.key].sent.mark if earlier is None else earlier.fingerprint
    text = first[item.key].sent.text if earlier is None else earlier.sent
    name = item.sent.idempotency_key
    if earlier is None and first[item.key] is item:
        return Outcome(
            "quarantined" if item.reason else "accepted", item.key, name,
            reason=item.reason, detail=item.detail, absent=item.absent,
        )  # fmt: skip
    if says_the_same(item.sent, mark):
        return Outcome("duplicate", item.key, name)
    return Outcome(
        "conflict", item.key, name,
        sent=item.sent.text, stored=text,
        sent_fingerprint=item.sent.mark, stored_fingerprint=mark,
    )  # fmt: skip
