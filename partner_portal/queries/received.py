"""How much a source received, by what became of it: counted from the receipts of its requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from django.db.models import Sum
from django.db.models.functions import Trunc

from accounts.models import KeyMode, Partner
from usage.models import Source, UsageReceipt
from usage.queries.day_receipts import SENT_BY
from usage.queries.source_metrics import Counts

__all__ = ["Counts", "Received", "Step", "received_by", "sources_of"]

Step = Literal["hour", "day"]


@dataclass(frozen=True, slots=True)
class Received:
    """What came in an hour or a day that begins at `at`, in UTC."""

    at: datetime
    counts: Counts


def received_by(
    *, source_ids: Sequence[int], since: datetime, before: datetime, step: Step
) -> list[Received]:
    """
    Return what these sources sent in `[since, before)`, by hour or by day of UTC.

    Steps in which nothing came are left out. What a backfill or a correction stored anew nobody
    sent: it is not in it.
    """
    sums = {field: Sum(field) for field in Counts.__slots__}
    rows = (
        UsageReceipt.objects.filter(
            source__in=source_ids,
            channel__in=SENT_BY,
            received_at__gte=since,
            received_at__lt=before,
        )
        .order_by()
        .values(at=Trunc("received_at", step, tzinfo=UTC))
        .annotate(**sums)
        .order_by("at")
        .values_list("at", *sums)
    )
    return [Received(at, Counts(*counts)) for at, *counts in rows]


def sources_of(*, partner: Partner, mode: KeyMode | None = None) -> list[Source]:
    """Return the partner's sources, of one mode or both; there is none before the first event."""
    sources = Source.objects.filter(partner=partner).select_related("partner").order_by("mode")
    return list(sources if mode is None else sources.filter(mode=mode))
