"""Events as their sender reads them: a row of the list, and a page of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from invoicing.documents.formats import short_quantity
from partner_portal.documents.event_story import story_facts
from partner_portal.documents.reasons import Reason, reason_of
from partner_portal.documents.times import exact_instant
from usage.api.event_bodies import fate_body
from usage.models import Verdict, event_public_id
from usage.queries.corrections import Correction
from usage.queries.event_story import EventStory
from usage.queries.events import ReadingFate
from usage.queries.sent_events import SeenEvent

_VERDICTS: Mapping[str, tuple[str, str]] = {
    "awaiting": ("being priced", "waiting"),
    "void": ("void", "quiet"),
    Verdict.RATED: ("priced", "good"),
    Verdict.FALLBACK: ("priced at the fallback", "waiting"),
    Verdict.LATE: ("late", "waiting"),
}
_NOT_BILLED = ("not billed", "bad")
_VOID = ("void", "quiet")
_WAITING = ("in quarantine", "waiting")
_UNMETERED = ("kept, not counted", "quiet")


@dataclass(frozen=True, slots=True)
class EventRow:
    """The cells of a row; `states` are words with their tones, one for each meter."""

    event_id: str
    at: datetime
    when: str
    event_name: str
    key: str
    customer: str
    states: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MeterFate:
    """What one meter made of an event, as the API tells it."""

    meter: str
    quantity: str
    dimensions: tuple[tuple[str, str], ...]
    absent: str
    state: str
    tone: str
    explanation: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EventPage:
    """
    An event; `reason` while it waits in quarantine, `is_own` where this partner sent it.

    `void` says since when and why it counts no more; the other two are ids of events.
    """

    event_id: str
    mode: str
    facts: tuple[tuple[str, str], ...]
    fates: tuple[MeterFate, ...]
    reason: Reason | None
    detail: str
    is_own: bool
    body: str
    void: str
    replaced_by: str
    replaces: str


def event_row(event: SeenEvent, fates: Sequence[ReadingFate]) -> EventRow:
    """Return the row of an event and of what its meters counted."""
    return EventRow(
        event_id=event.public_id,
        at=event.occurred_at.astimezone(UTC),
        when=exact_instant(event.occurred_at),
        event_name=event.event_name,
        key=event.idempotency_key,
        customer="" if event.customer is None else event.customer.external_id,
        states=_states(event, fates),
    )


def event_page(
    event: SeenEvent,
    fates: Sequence[ReadingFate],
    *,
    partner_id: int,
    body: str,
    story: EventStory | None = None,
) -> EventPage:
    """Return the page of an event; `body` is what was sent, indented, `story` of its own ones."""
    correction = event.correction
    return EventPage(
        event_id=event.public_id,
        mode=event.source.mode,
        facts=(
            *_facts(event, is_own=event.source.partner_id == partner_id),
            *(() if story is None else story_facts(story)),
        ),
        fates=tuple(_fate(fate) for fate in fates),
        reason=reason_of(event.reason) if event.status == "quarantined" else None,
        detail=event.detail,
        is_own=event.source.partner_id == partner_id,
        body=body,
        void=_taken_back(correction),
        replaced_by=event_public_id(correction.replaced_by) if correction.replaced_by else "",
        replaces=event_public_id(correction.replaces) if correction.replaces else "",
    )


def _states(event: SeenEvent, fates: Sequence[ReadingFate]) -> tuple[tuple[str, str], ...]:
    if event.status == "void":
        return (_VOID,)
    if event.status == "quarantined":
        return (_WAITING,)
    if not fates:
        return (_UNMETERED,)
    return tuple(dict.fromkeys(_VERDICTS.get(fate.verdict, _NOT_BILLED) for fate in fates))


def _taken_back(correction: Correction) -> str:
    """Return since when and why an event counts no more, empty where it does."""
    if correction.voided_at is None:
        return ""
    since = f"Void since {exact_instant(correction.voided_at)} UTC"
    return f"{since}: {correction.reason}" if correction.reason else since


def _facts(event: SeenEvent, *, is_own: bool) -> list[tuple[str, str]]:
    customer = event.customer
    return [
        ("Event name", event.event_name),
        ("Idempotency key", event.idempotency_key),
        ("Customer", "None yet" if customer is None else customer.name),
        *(
            []
            if customer is None
            else [("Its ids", f"{customer.external_id}, {customer.public_id}")]
        ),
        ("Happened", f"{exact_instant(event.occurred_at)} UTC"),
        ("Received", f"{exact_instant(event.received_at)} UTC"),
        ("Sent by", f"you, {event.source.mode}" if is_own else "somebody else"),
        ("Event id", event.public_id),
    ]


def _fate(fate: ReadingFate) -> MeterFate:
    told: dict[str, Any] = fate_body(fate)
    state, tone = _VERDICTS.get(fate.verdict, _NOT_BILLED)
    named = (("Price", "price"), ("Contract", "contract"), ("Invoice", "invoice"), ("Line", "line"))
    return MeterFate(
        meter=told["meter"],
        quantity=short_quantity(Decimal(fate.quantity), fate.unit),
        dimensions=tuple(fate.dimensions.items()),
        absent=", ".join(fate.absent),
        state=state,
        tone=tone,
        explanation=told["explanation"],
        facts=tuple((words, told[name]) for words, name in named if told[name]),
    )
