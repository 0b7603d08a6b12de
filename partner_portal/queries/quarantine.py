"""What waits in a partner's quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from accounts.models import Partner
from usage.models import QuarantinedEvent, ReplayJob, Source
from usage.queries.quarantine_causes import naming_field
from usage.queries.sent_events import Position


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many events wait for one reason; times are the first and last of their receipt."""

    reason: str
    events: int
    first_seen_at: datetime
    last_seen_at: datetime


def reason_counts(*, sources: Sequence[Source]) -> list[ReasonCount]:
    """Return the reasons for which events of these sources wait, the most frequent first."""
    rows = (
        QuarantinedEvent.objects.filter(source__in=sources, resolved_at=None)
        .order_by()
        .values("reason")
        .annotate(events=Count("key"), first=Min("received_at"), last=Max("received_at"))
        .order_by("-events", "reason")
    )
    return [ReasonCount(row["reason"], row["events"], row["first"], row["last"]) for row in rows]


def waiting_events(
    *,
    sources: Sequence[Source],
    reason: str,
    named: str = "",
    after: Position | None,
    limit: int,
) -> list[QuarantinedEvent]:
    """
    Return at most `limit` events that wait for a reason, the last received first.

    With a name, only those of its cause. `after` is the place (time of receipt, key) of the last
    one of the page before.
    """
    waiting = QuarantinedEvent.objects.filter(
        source__in=sources, resolved_at=None, reason=reason
    ).order_by("-received_at", "-key")
    if named:
        waiting = waiting.filter(**{naming_field(reason=reason): named})
    if after is not None:
        instant, key = after
        waiting = waiting.filter(
            Q(received_at__lt=instant) | Q(key__lt=key), received_at__lte=instant
        )
    return list(waiting[:limit])


def is_of_quarantine(*, partner: Partner, key: UUID) -> bool:
    """Return whether the partner sent this event and it waits, or has waited before."""
    return QuarantinedEvent.objects.filter(key=key, source__partner=partner).exists()


def running_replays(*, sources: Sequence[Source]) -> QuerySet[ReplayJob]:
    """Return the replays of these sources that are not done, the newest first."""
    return ReplayJob.objects.filter(source__in=sources, finished_at=None)
