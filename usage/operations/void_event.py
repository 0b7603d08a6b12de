"""Taking an event back: it stays, and counts no more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usage.operations.discard_event import given_reason
from usage.operations.revise_events import announce_voids
from usage.store import store
from usage.store.interface import NewVoid


class NoSuchEvent(LookupError):
    """No event with this key is stored; one that waits in quarantine is discarded instead."""


@transaction.atomic
def void_event(*, key: UUID, reason: str, now: datetime) -> bool:
    """
    Let a stored event count no more, and return whether it counted until now.

    Open invoices lose it when they are computed next; from one that is issued it is owed back
    as late usage. An event that is void already stays so for its first reason.

    :raises NoSuchEvent:
    :raises ReasonNeeded:
    """
    voided = store.void([NewVoid(key, given_reason(reason))], voided_at=now)
    if voided.missing:
        raise NoSuchEvent("There is no such event, or it waits in quarantine.")
    announce_voids(keys=voided.new)
    return bool(voided.new)
