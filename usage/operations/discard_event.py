"""Throwing away an event that waits in quarantine."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usage.models import QuarantinedEvent
from usage.operations.replay_quarantined import NotInQuarantine


class ReasonNeeded(ValueError):
    """Usage is taken back for a reason, which stays with the event."""


@transaction.atomic
def discard_event(*, key: UUID, reason: str, now: datetime) -> bool:
    """
    Let an event of the quarantine wait no more, and return whether it did until now.

    It stays with its body and reason, and is never billed; its key stays taken. One that was
    discarded before stays so for its first reason.

    :raises NotInQuarantine: it is counted by now, or was never here.
    :raises ReasonNeeded:
    """
    reason = given_reason(reason)
    waiting = QuarantinedEvent.objects.select_for_update().filter(key=key).first()
    if waiting is None or (waiting.resolved_at is not None and not waiting.discarded_reason):
        raise NotInQuarantine(str(key))
    if waiting.discarded_reason:
        return False
    waiting.resolved_at, waiting.discarded_reason = now, reason
    waiting.save(update_fields=["resolved_at", "discarded_reason"])
    return True


def given_reason(reason: str) -> str:
    """
    Return the reason without blanks around it.

    :raises ReasonNeeded: there is none.
    """
    if not reason.strip():
        raise ReasonNeeded("Say why the event is taken back.")
    return reason.strip()
