"""Usage follows its subject: to who holds it at the time of each event."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from usage.intake.json_body import read_json
from usage.intake.sent_event import read_event
from usage.models import QuarantinedEvent, Source
from usage.operations.accepting.outcome import Outcome
from usage.operations.replay_quarantined import replayed_customers
from usage.operations.revise_events import Revision, revise_events
from usage.queries.subject_usage import (
    Holders,
    NamingEvent,
    events_naming,
    waiting_for_subject,
)
from values.period import Period

CHUNK = 500

Place = tuple[datetime | None, UUID]
"""How far a move is: the last event in order of time, without one the last of the quarantine."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of some events, whose usage changed, and how far that is; None is the end."""

    customer_ids: frozenset[int]
    moved: int
    left_waiting: int
    refused: int
    place: Place | None


def move_usage(
    *, identifier: str, span: Period, now: datetime, most: int | None = None
) -> set[int]:
    """
    Let events of the span that name the subject follow its holder; return whose usage changed.

    An event that is with somebody else than who holds the subject at its time is revised to the
    holder, or to quarantine where nobody holds it. What waits for the subject in quarantine is
    tried again. One that no meter of its new holder can read stays where it is. At most about
    `most` events are looked at.
    """
    customer_ids: set[int] = set()
    place: Place | None = None
    seen = 0
    while True:
        done = move_some(identifier=identifier, span=span, after=place, now=now)
        customer_ids |= done.customer_ids
        place, seen = done.place, seen + CHUNK
        if place is None or (most is not None and seen >= most):
            return customer_ids


def move_some(
    *, identifier: str, span: Period, after: Place | None, now: datetime, limit: int = CHUNK
) -> Moved:
    """Deal with the next events, those in quarantine first; see `move_usage`."""
    if after is None or after[0] is None:
        key = None if after is None else after[1]
        waiting = waiting_for_subject(identifier=identifier, span=span, after=key, limit=limit)
        if waiting:
            return _replayed([event.key for event in waiting], now=now)
    following = None if after is None or after[0] is None else (after[0], after[1])
    events = events_naming(identifier=identifier, span=span, after=following, limit=limit)
    if not events:
        return Moved(frozenset(), 0, 0, 0, None)
    return _moved(events, Holders(identifier=identifier, now=now), now=now)


def _replayed(keys: Sequence[UUID], *, now: datetime) -> Moved:
    customer_ids = replayed_customers(keys=keys, now=now)
    left = QuarantinedEvent.objects.filter(key__in=keys, resolved_at=None).count()
    return Moved(frozenset(customer_ids), len(keys) - left, 0, left, (None, keys[-1]))


def _moved(events: Sequence[NamingEvent], holders: Holders, *, now: datetime) -> Moved:
    misplaced: dict[int, list[NamingEvent]] = defaultdict(list)
    customer_ids: set[int] = set()
    outcomes: list[Outcome] = []
    for event in events:
        holder = holders.holder_id(source_id=event.source_id, occurred_at=event.occurred_at)
        if holder != event.customer_id:
            misplaced[event.source_id].append(event)
            customer_ids |= {event.customer_id} if holder is None else {event.customer_id, holder}
    for source_id, found in sorted(misplaced.items()):
        outcomes += _revised(source_id, found, holders.identifier, now=now)
    told = [outcome.status for outcome in outcomes]
    return Moved(
        frozenset(customer_ids),
        told.count("accepted"),
        told.count("quarantined"),
        told.count("rejected"),
        (events[-1].occurred_at, events[-1].key),
    )


def _revised(
    source_id: int, events: Iterable[NamingEvent], identifier: str, *, now: datetime
) -> list[Outcome]:
    return revise_events(
        source=Source.objects.select_related("partner").get(pk=source_id),
        revisions=[_revision(event) for event in events],
        reason=f"{identifier} is held by somebody else at its time",
        now=now,
    )


def _revision(event: NamingEvent) -> Revision:
    sent = read_event(read_json(event.sent.encode())).with_key(event.idempotency_key)
    return Revision(event.key, sent if sent.occurred_at else sent.at(event.occurred_at))
