"""What is known of a source's day beside its events: requests, parts of files, corrections."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet, Sum

from usage.models import Channel, FileRun, RunKind, UsageFile, UsageReceipt
from values.period import Period

SENT_BY = (Channel.API, Channel.FILE)
"""What a source sends by; a backfill or a correction stores what was sent before, or anew."""

Place = tuple[datetime, int]
_MOST_RUNS = 200


class Came(StrEnum):
    """Numbers of a day that receipts alone tell: these items have no row of their own."""

    RECEIVED = "received"
    CORRECTIONS = "corrections"
    DUPLICATES = "duplicates"
    CONFLICTS = "conflicts"
    REJECTED = "rejected"


_WANTED = {
    Came.RECEIVED: Q(channel__in=SENT_BY, received__gt=0),
    Came.CORRECTIONS: ~Q(channel__in=SENT_BY) & Q(received__gt=0),
    Came.DUPLICATES: Q(duplicates__gt=0),
    Came.CONFLICTS: Q(conflicts__gt=0),
    Came.REJECTED: Q(rejected__gt=0),
}


def receipts_of_day(
    *,
    source_id: int,
    received_in: Period,
    came: Came,
    after: Place | None = None,
    limit: int,
) -> list[UsageReceipt]:
    """
    Return at most `limit` receipts that make up a number of the day, the first first.

    `after` is the place (time, id) of the last one of the page before.
    """
    receipts = _receipts(source_id, received_in).filter(_WANTED[came])
    if after is not None:
        instant, last = after
        receipts = receipts.filter(
            Q(received_at__gt=instant) | Q(pk__gt=last), received_at__gte=instant
        )
    return list(receipts.order_by("received_at", "pk")[:limit])


def corrected_items(*, source_id: int, received_in: Period, until: datetime | None = None) -> int:
    """
    Return how many items corrections and backfills stored, which nobody sent.

    With `until`, those of them that were there by that time.
    """
    receipts = _receipts(source_id, received_in).filter(_WANTED[Came.CORRECTIONS])
    if until is not None:
        receipts = receipts.filter(received_at__lte=until)
    return receipts.aggregate(items=Sum("received"))["items"] or 0


def files_of_receipts(
    *, source_id: int, receipts: Sequence[UsageReceipt]
) -> Mapping[int, list[UsageFile]]:
    """
    Return by receipt of a part of a file the files that were imported at its time.

    Mostly one: a receipt does not say which, where several were imported at once.
    """
    of_files = [each for each in receipts if each.channel == Channel.FILE]
    if not of_files:
        return {}
    times = [each.received_at for each in of_files]
    runs = FileRun.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=min(times)),
        kind=RunKind.IMPORT, file__source=source_id, started_at__lte=max(times),
    ).select_related("file").order_by("started_at", "pk")[:_MOST_RUNS]  # fmt: skip
    return {
        each.pk: [run.file for run in runs if _was_running(run, at=each.received_at)]
        for each in of_files
    }


def _receipts(source_id: int, received_in: Period) -> QuerySet[UsageReceipt]:
    return UsageReceipt.objects.filter(
        source=source_id, received_at__gte=received_in.start, received_at__lt=received_in.end
    )


def _was_running(run: FileRun, *, at: datetime) -> bool:
    return run.started_at <= at and (run.ended_at is None or run.ended_at >= at)
