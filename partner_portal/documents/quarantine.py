"""The quarantine as its sender reads it: reasons, their causes, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.documents.formats import quantity
from partner_portal.documents.reasons import Reason, reason_of
from partner_portal.documents.times import instant
from partner_portal.queries.quarantine import ReasonCount
from usage.models import QuarantinedEvent, ReplayJob
from usage.queries.quarantine_causes import Cause

MOST_CAUSES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class CauseRow:
    """What some events name and nobody knows."""

    named: str
    events: str
    seen: str


@dataclass(frozen=True, slots=True)
class ReasonCard:
    """A reason with what its events wait for, the most frequent first."""

    reason: Reason
    events: str
    seen: str
    causes: tuple[CauseRow, ...]
    more_causes: int


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A name that nobody knows, and known ones that are nearly it."""

    named: str
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An event that waits."""

    event_id: str
    received: str
    event_name: str
    key: str
    reference: str
    detail: str


def reason_cards(counts: Sequence[ReasonCount], causes: Sequence[Cause]) -> list[ReasonCard]:
    """Return a card for each reason, with the causes of it among `causes`."""
    cards = []
    for count in counts:
        own = [cause for cause in causes if cause.reason == count.reason]
        cards.append(
            ReasonCard(
                reason=reason_of(count.reason),
                events=quantity(Decimal(count.events), "event"),
                seen=_seen(count),
                causes=tuple(
                    CauseRow(cause.named, quantity(Decimal(cause.events), "event"), _seen(cause))
                    for cause in own[:MOST_CAUSES_SHOWN]
                ),
                more_causes=max(len(own) - MOST_CAUSES_SHOWN, 0),
            )
        )
    return cards


def waiting_row(event: QuarantinedEvent) -> WaitingRow:
    """Return the row of an event that waits."""
    return WaitingRow(
        event_id=event.public_id,
        received=instant(event.received_at),
        event_name=event.event_name,
        key=event.idempotency_key,
        reference=event.customer_reference,
        detail=event.detail,
    )


def replay_words(job: ReplayJob) -> str:
    """Return how far a replay is."""
    title = reason_of(job.reason).title
    words = f"{title}, “{job.named}”" if job.named else title
    return (
        f"{words}: {quantity(Decimal(job.tried))} of {quantity(Decimal(job.events), 'event')} "
        f"tried, {quantity(Decimal(job.accepted))} accepted."
    )


def _seen(count: ReasonCount | Cause) -> str:
    first, last = instant(count.first_seen_at), instant(count.last_seen_at)
    return first if first == last else f"{first} – {last}"
