"""Stored events, void ones too, whose number, agent or location is held by somebody else by now."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from accounts.history import rows_ever
from accounts.models import Subject
from usage.intake.json_body import read_json
from usage.intake.sent_event import SentEvent, read_event
from usage.models import Source
from usage.queries.attribution import Attribution


class _Stored(NamedTuple):
    key: UUID
    occurred_at: datetime
    customer_id: int
    event: SentEvent


def displaced_events(
    *, source: Source, keys: Collection[UUID], now: datetime
) -> dict[UUID, SentEvent]:
    """
    Return those of these events of the source that are not with who holds their subject now.

    Each as it was sent, with its key, time and fingerprint. One whose subject is held by nobody
    is among them if its customer held it; one whose partner may name its customer no more is not.
    """
    stored = _stored(keys)
    attribution = Attribution(source=source, references={each.event.customer for each in stored})
    displaced, nobodys = [], []
    for each in stored:
        holder = attribution.customer(each.event.customer, occurred_at=each.occurred_at, now=now)
        if holder is None:
            nobodys.append(each)
        elif holder.pk != each.customer_id:
            displaced.append(each)
    return {each.key: each.event for each in (*displaced, *_given_up(nobodys))}


def _stored(keys: Collection[UUID]) -> list[_Stored]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.key, e.occurred_at, e.customer_id, e.idempotency_key, e.sent, k.fingerprint
            FROM usage_key AS k
            JOIN usage_event AS e ON e.occurred_at = k.occurred_at AND e.key = k.key
            WHERE k.key = ANY(%s)
            """,
            [list(keys)],
        )
        return [
            _Stored(key, at, customer_id, _as_sent(name, sent, mark=fingerprint, at=at))
            for key, at, customer_id, name, sent, fingerprint in cursor.fetchall()
        ]


def _as_sent(idempotency_key: str, sent: str, *, mark: int, at: datetime) -> SentEvent:
    event = read_event(read_json(sent.encode())).with_key(idempotency_key)
    timed = event if event.occurred_at else event.at(at)
    return timed.kept_under(mark)


def _given_up(stored: Sequence[_Stored]) -> list[_Stored]:
    """Return those whose customer held their subject once, and not at their time any more."""
    if not stored:
        return []
    references = {each.event.customer for each in stored}
    once = set(
        _History.objects.filter(identifier__in=references).values_list("identifier", "customer_id")
    )
    held = list(Subject.objects.filter(identifier__in=references))
    return [
        each
        for each in stored
        if (each.event.customer, each.customer_id) in once
        and not any(_holds(subject, each) for subject in held)
    ]


def _holds(subject: Subject, stored: _Stored) -> bool:
    return (
        (subject.identifier, subject.customer_id) == (stored.event.customer, stored.customer_id)
        and subject.held_from <= stored.occurred_at
        and (subject.held_to is None or stored.occurred_at < subject.held_to)
    )


# The history has a row for whoever ever held it.
_History = rows_ever(Subject)
