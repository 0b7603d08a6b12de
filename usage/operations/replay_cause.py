"""Replaying all that waits for one cause, or for one reason: a job, walked in chunks."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from usage.models import QuarantineReason, ReplayJob
from usage.operations.changing_hands import attribute
from usage.operations.replay_quarantined import NotInQuarantine, replay_waiting
from usage.queries.quarantine_causes import Cause, waiting_keys, waiting_of_reason
from values.failpoints import reached

CHUNK = 200


class NothingWaits(LookupError):
    """No event waits for this any more."""


def start_replay(*, cause: Cause, requested_by: User, now: datetime) -> tuple[ReplayJob, bool]:
    """
    Return the running job for a cause, and whether it is new; a second request joins the first.

    :raises NothingWaits:
    """
    wanted = {"source_id": cause.source_id, "reason": cause.reason, "named": cause.named}
    return _started(wanted, events=cause.events, requested_by=requested_by, now=now)


def start_replay_of_reason(
    *,
    source_id: int,
    reason: QuarantineReason,
    named: str = "",
    requested_by: User,
    now: datetime,
) -> tuple[ReplayJob, bool]:
    """
    Return the running job for all that waits for a reason; see `start_replay`.

    Whatever it names, unless a name is given.

    :raises NothingWaits:
    """
    wanted = {"source_id": source_id, "reason": reason, "named": named}
    found = waiting_of_reason(source_id=source_id, reason=reason, named=named)
    return _started(wanted, events=found.events, requested_by=requested_by, now=now)


@transaction.atomic
def _started(
    wanted: dict[str, Any], *, events: int, requested_by: User, now: datetime
) -> tuple[ReplayJob, bool]:
    if not waiting_keys(**wanted, limit=1):
        raise NothingWaits("Nothing waits for this any more.")
    return ReplayJob.objects.get_or_create(
        **wanted,
        finished_at=None,
        defaults={"requested_by": requested_by, "requested_at": now, "events": events},
    )


@transaction.atomic
def replay_next(*, job_id: int, now: datetime) -> bool:
    """
    Try the next events of a job and return whether there may be more.

    What became of them and how far the job is are committed together: killed at any moment
    and called again, each event is tried once. A job that another worker has in hand is left
    to it.
    """
    job = (
        ReplayJob.objects.select_for_update(skip_locked=True)
        .filter(pk=job_id, finished_at=None)
        .first()
    )
    if job is None:
        return False
    attribute()
    keys = waiting_keys(
        source_id=job.source_id,
        reason=job.reason,
        named=job.named,
        after=job.last_key,
        limit=CHUNK,
    )
    for key in keys:
        try:
            outcome = replay_waiting(key=key, now=now, leaves_locked=True)
        except NotInQuarantine:
            continue
        job.accepted += outcome.status == "accepted"
        job.still_waiting += outcome.status != "accepted"
    if len(keys) < CHUNK:
        job.finished_at = now
    else:
        job.last_key = keys[-1]
    job.save(update_fields=["accepted", "still_waiting", "last_key", "finished_at"])
    reached("replay.counted")
    return job.finished_at is None
