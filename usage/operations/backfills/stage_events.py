"""Staging events of a backfill: checked like sent ones, kept apart, counted by nobody yet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Func, IntegerField, QuerySet

from usage.intake.sent_event import Fault, Rejected, SentEvent
from usage.models import Backfill, BackfillState, StagedEvent
from usage.operations.accepting.conflicts import with_bodies
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
    kept = _StagedBodies(backfill)
    known = kept.fingerprints(first)
    new = [item for key, item in sorted(first.items()) if key not in known]
    StagedEvent.objects.bulk_create(_staged(backfill, item) for item in new)
    outcomes = [_outcome(item, first, known) for item in prepared]
    backfill.staged += len(new)
    backfill.refused += sum(outcome.status in ("rejected", "conflict") for outcome in outcomes)
    backfill.save(update_fields=["staged", "refused"])
    return with_bodies(outcomes, kept=kept)


class _StagedBodies:
    """What a backfill has staged, of which as little is read as an answer needs."""

    def __init__(self, backfill: Backfill) -> None:
        self._backfill = backfill

    def fingerprints(self, keys: Iterable[UUID]) -> dict[UUID, int]:
        """Return the fingerprints of those keys that are staged."""
        return dict(self._of(keys).values_list("key", "fingerprint"))

    def bodies(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Return the staged bodies of these keys."""
        return dict(self._of(keys).values_list("key", "sent"))

    def body_bytes(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how long in UTF-8 they are, without reading them."""
        length = Func(F("sent"), function="octet_length", output_field=IntegerField())
        return dict(self._of(keys).values_list("key", length))

    def _of(self, keys: Iterable[UUID]) -> QuerySet[StagedEvent]:
        return StagedEvent.objects.filter(backfill=self._backfill, key__in=keys)


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
    item: Prepared | Rejected, first: Mapping[UUID, Prepared], known: Mapping[UUID, int]
) -> Outcome:
    if isinstance(item, Rejected):
        return Outcome("rejected", faults=item.faults)
    is_staged = item.key in known
    earlier = first[item.key]
    mark = known[item.key] if is_staged else earlier.sent.mark
    name = item.sent.idempotency_key
    if not is_staged and earlier is item:
        return Outcome(
            "quarantined" if item.reason else "accepted", item.key, name,
            reason=item.reason, detail=item.detail, absent=item.absent,
        )  # fmt: skip
    if says_the_same(item.sent, mark):
        return Outcome("duplicate", item.key, name)
    return Outcome(
        "conflict", item.key, name,
        sent=item.sent.text, stored=None if is_staged else earlier.sent.text,
        sent_fingerprint=item.sent.mark, stored_fingerprint=mark,
    )  # fmt: skip
