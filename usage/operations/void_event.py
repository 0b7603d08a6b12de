"""Taking an event back: it stays, and counts no more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usage.operations.discard_event import given_reason
from usage.operations.revise_events import announce_voids
from usage.store import store
from usage.store.archives.archived import MonthArchived, archived_keys
from usage.store.interface import NewVoid
from values.failpoints import reached


class NoSuchEvent(LookupError):
    """No event with this key is stored; one that waits in quarantine is discarded instead."""


class EventArchived(NoSuchEvent):
    """The event is in a file: what it counted cannot be taken off the sums without it."""


@transaction.atomic
def void_event(*, key: UUID, reason: str, now: datetime) -> bool:
    """
    Let a stored event count no more, and return whether it counted until now.

    Open invoices lose it when they are computed next; what an issued one billed is named
    as late usage of less than nothing, and given back by no invoice. An event that is void
    already stays so for its first reason.

    :raises NoSuchEvent:
    :raises EventArchived:
    :raises ReasonNeeded:
    """
    voided = store.void([NewVoid(key, given_reason(reason))], voided_at=now)
    if key in (archived := archived_keys([key]) if voided.missing else {}):
        raise EventArchived(str(MonthArchived([archived[key]])))
    if voided.missing:
        raise NoSuchEvent("There is no such event, or it waits in quarantine.")
    reached("voiding.voided")
    announce_voids(keys=voided.new)
    reached("voiding.announced")
    return bool(voided.new)
