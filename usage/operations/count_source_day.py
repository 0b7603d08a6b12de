"""Counting a source's day."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import TruncDate

from usage.models import Source, SourceDay
from usage.queries.balance import (
    Balance,
    balance_of,
    days_never_counted,
    sources_with_receipts,
)
from values.calendar import local_midnight
from values.period import Period

# Every event of a day is looked at: a day that goes on is counted once an hour, what lies
# further back changes seldom, and a few of those at a time are enough.
_RECENT_REST = timedelta(hours=1)
_OLD_REST = timedelta(hours=6)
_MOST_OLD = 20
# How long nobody may have been there to count.
_LONGEST_ABSENCE = timedelta(days=31)
_IS_SETTLED = Q(
    counted_on__gt=F("day"),
    holds=True,
    states__awaiting=0,
    states__unpriced=0,
    states__quarantined=0,
)


def day_of_receipt(day: date) -> Period:
    """Return the time of a day of receipt; it is a day in UTC for all sources."""
    return Period(local_midnight(day, "UTC"), local_midnight(day + timedelta(days=1), "UTC"))


def count_source_day(*, source_id: int, day: date, now: datetime) -> Balance:
    """Count both sides of both equations anew, keep the counts, and return them."""
    balance = balance_of(source_id=source_id, received_in=day_of_receipt(day))
    SourceDay.objects.update_or_create(
        source_id=source_id,
        day=day,
        defaults={
            **asdict(balance.received),
            "states": {state.value: count for state, count in balance.states.items()},
            "holds": not any(balance.contradictions()),
            "counted_at": now,
        },
    )
    return balance


@transaction.atomic
def count_unless_counting(*, source_id: int, day: date, now: datetime) -> bool:
    """Count a source's day, unless another worker counts one of the same source right now."""
    free = Source.objects.select_for_update(no_key=True, skip_locked=True)
    if not free.filter(pk=source_id).exists():
        return False
    count_source_day(source_id=source_id, day=day, now=now)
    return True


def days_to_count(*, now: datetime) -> list[tuple[int, date]]:
    """
    Return the (source, day) to count by themselves: today's, yesterday's, and what is not settled.

    A day is settled once it was counted after its end, its sums agree, and none of its events
    waits for anything. Of days that nobody counted, as no worker was there, the last 31 are
    looked at.
    """
    today = now.date()
    yesterday = today - timedelta(days=1)
    fresh = set(
        SourceDay.objects.filter(day__gte=yesterday, counted_at__gt=now - _RECENT_REST).values_list(
            "source_id", "day"
        )
    )
    recent = [
        (source_id, day)
        for day in (yesterday, today)
        for source_id in sources_with_receipts(received_in=day_of_receipt(day))
        if (source_id, day) not in fresh
    ]
    missed = days_never_counted(
        first=today - _LONGEST_ABSENCE, last=yesterday - timedelta(days=1), most=_MOST_OLD
    )
    unsettled = (
        SourceDay.objects.filter(day__lt=yesterday, counted_at__lt=now - _OLD_REST)
        .alias(counted_on=TruncDate("counted_at", tzinfo=UTC))
        .exclude(_IS_SETTLED)
        .order_by("counted_at")
        .values_list("source_id", "day")[: _MOST_OLD - len(missed)]
    )
    return [*recent, *missed, *unsettled]
