"""How an event came, whose it is and by what, and the work that touched it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db.models import Q, QuerySet

from accounts.models import Customer, Subject
from usage.intake.json_body import NotJson, read_json
from usage.models import (
    Backfill,
    BackfillVoid,
    Channel,
    Event,
    FileRun,
    QuarantinedEvent,
    RunKind,
    StagedEvent,
    SubjectMove,
    UsageFile,
    UsageReceipt,
)
from usage.queries.corrections import Correction
from usage.queries.sent_events import SeenEvent

MOST = 5
"""Of files and backfills that touched one event, and there is hardly ever a second."""


class NamedBy(Enum):
    """By what an event names its customer."""

    OUR_ID = "our id"
    EXTERNAL_ID = "its external id"
    SUBJECT = "a subject that it held then"
    NOT_ANY_MORE = "a subject that it does not hold for that time any more"
    UNKNOWN = "what is not kept"


@dataclass(frozen=True, slots=True)
class EventStory:
    """
    What is known of an event beside itself, its meters and its corrections.

    `channels` are the ways of what came at its moment, `items` how many came then, both empty
    where no receipt is left; `files` those that were being imported then, if it came by file.
    `reference` is what it calls its customer; `subject` the row behind that. `waited` is set
    where it was in quarantine. `staged` are the events of backfills that became it, or met it.
    """

    channels: Sequence[Channel]
    items: int
    files: Sequence[UsageFile]
    reference: str
    named_by: NamedBy
    subject: Subject | None
    waited: QuarantinedEvent | None
    staged: Sequence[StagedEvent]
    voided_by: Sequence[Backfill]
    moves: Sequence[SubjectMove]


def event_story(*, event: Event | SeenEvent, correction: Correction) -> EventStory:
    """Return it in a fixed number of queries, each by an index; the event is a stored one."""
    reference = _reference(event.sent)
    named_by = _named_by(event.customer, reference)
    subject = _subject(event, reference) if named_by is NamedBy.SUBJECT else None
    receipts = list(
        UsageReceipt.objects.filter(
            source=event.source, received_at=event.received_at, received__gt=0, channel__in=Channel
        ).order_by("pk")
    )
    channels = tuple(dict.fromkeys(Channel(receipt.channel) for receipt in receipts))
    is_corrected = correction.is_void or correction.replaces is not None
    return EventStory(
        channels=channels,
        items=sum(receipt.received for receipt in receipts),
        files=_files(event) if Channel.FILE in channels else (),
        reference=reference,
        named_by=NamedBy.NOT_ANY_MORE
        if named_by is NamedBy.SUBJECT and subject is None
        else named_by,
        subject=subject,
        # What waited was counted so when it came.
        waited=_waited(event) if any(each.quarantined for each in receipts) else None,
        staged=_staged(event),
        voided_by=_voided_by(event) if correction.is_void else (),
        moves=_moves(event, reference) if is_corrected and reference else (),
    )


def _reference(sent: str) -> str:
    """Return what the body calls the customer; a body may have been taken away."""
    try:
        body = read_json(sent.encode())
    except NotJson:
        return ""
    if not isinstance(body, dict):
        return ""
    named = body.get("customer_id") or body.get("customer")
    return named if isinstance(named, str) else ""


def _named_by(customer: Customer | None, reference: str) -> NamedBy:
    if not reference or customer is None:
        return NamedBy.UNKNOWN
    if reference == customer.public_id:
        return NamedBy.OUR_ID
    return NamedBy.EXTERNAL_ID if reference == customer.external_id else NamedBy.SUBJECT


def _subject(event: Event | SeenEvent, reference: str) -> Subject | None:
    return Subject.objects.filter(
        Q(held_to=None) | Q(held_to__gt=event.occurred_at),
        identifier=reference, customer=event.customer, held_from__lte=event.occurred_at,
    ).first()  # fmt: skip


def _waited(event: Event | SeenEvent) -> QuarantinedEvent | None:
    return QuarantinedEvent.objects.filter(key=event.key, resolved_at__isnull=False).first()


def _files(event: Event | SeenEvent) -> list[UsageFile]:
    at: datetime = event.received_at
    runs = FileRun.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=at),
        kind=RunKind.IMPORT, file__source=event.source, started_at__lte=at,
    )  # fmt: skip
    return [run.file for run in runs.select_related("file").order_by("-started_at")[:MOST]]


def _staged(event: Event | SeenEvent) -> list[StagedEvent]:
    found = StagedEvent.objects.filter(
        backfill__in=_backfills(event).values("pk"), stored_key=event.key
    )
    return list(found.select_related("backfill").order_by("pk")[:MOST])


def _voided_by(event: Event | SeenEvent) -> list[Backfill]:
    voids = BackfillVoid.objects.filter(
        backfill__in=_backfills(event).values("pk"), key=event.key
    ).select_related("backfill")
    return [void.backfill for void in voids.order_by("pk")[:MOST]]


def _backfills(event: Event | SeenEvent) -> QuerySet[Backfill]:
    return Backfill.objects.filter(source=event.source)


def _moves(event: Event | SeenEvent, reference: str) -> list[SubjectMove]:
    found = SubjectMove.objects.filter(
        identifier=reference, starts_at__lte=event.occurred_at, ends_at__gt=event.occurred_at
    )
    return list(found[:MOST])
