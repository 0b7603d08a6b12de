"""Events as staff browse them: by customer, meter, combination and time, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from usage.models import DimensionSet, Event, EventKey, EventVoid, Reading
from usage.store.archives.archived import refuse_missing
from usage.store.shown import SHOWN, not_void
from values.period import Period

Position = tuple[datetime, UUID]


class CustomerNeeded(ValueError):
    """Readings are found by customer first; a meter alone would read every event."""


@dataclass(frozen=True, slots=True)
class EventSearch:
    """
    What to list; None is no limit, times are `[start, end)`.

    A `snapshot` leaves out what an invoice line had not seen, and what was void by then. A meter
    asks for a customer.
    """

    customer_id: int | None = None
    meter_id: int | None = None
    dimension_ids: Sequence[int] | None = None
    start: datetime | None = None
    end: datetime | None = None
    snapshot: str | None = None

    def __post_init__(self) -> None:
        if self.meter_id is not None and self.customer_id is None:
            raise CustomerNeeded("to look for a meter's events, name the customer as well")


def browsed_events(*, search: EventSearch, before: Position | None, limit: int) -> list[Event]:
    """
    Return at most `limit` events, the latest first; `before` is the last one of the page before.

    Each page reads an index from one place on, however many events there are.
    """
    events = Event.objects.select_related("customer", "source__partner")
    if search.meter_id is None:
        return list(_following(_in_time(events, search), before)[:limit])
    places = list(_following(_readings(search), before).values_list("occurred_at", "key")[:limit])
    found = events.filter(
        occurred_at__in={instant for instant, _ in places}, key__in=[key for _, key in places]
    )
    return sorted(found, key=lambda event: (event.occurred_at, event.key), reverse=True)


def browsed_total(*, search: EventSearch) -> tuple[int, Decimal]:
    """
    Return how many readings of the meter count in the search's time, and their sum.

    :raises MonthArchived: some of them are in a file, and the search names the time.
    """
    _refuse_archived(search)
    is_void = EventVoid.objects.filter(key=OuterRef("key"))
    counted = _readings(search).filter(~Exists(is_void) if search.snapshot is None else Q())
    found = counted.aggregate(count=Count("key"), total=Sum("quantity"))
    return found["count"], found["total"] or Decimal(0)


def stored_event(*, key: UUID) -> Event | None:
    """
    Return the event with this key, None where there is none outside quarantine.

    Its `is_void` says whether it was taken back, `stands_in` whether it replaces another one.
    """
    taken = EventKey.objects.filter(key=key).first()
    if taken is None:
        return None
    return (
        Event.objects.select_related("customer", "source__partner")
        .filter(occurred_at=taken.occurred_at, key=key)
        .annotate(
            is_void=Exists(EventVoid.objects.filter(key=OuterRef("key"))),
            stands_in=Exists(EventVoid.objects.filter(replaced_by=OuterRef("key"))),
        )
        .first()
    )


def combinations(*, meter_id: int, values: dict[str, str | None]) -> list[int]:
    """Return the ids of a meter's combinations with these values; None is absent."""
    found = DimensionSet.objects.filter(meter_id=meter_id)
    for name, value in values.items():
        if value is None:
            found = found.exclude(values__has_key=name)
        else:
            found = found.filter(values__contains={name: value})
    return list(found.values_list("pk", flat=True))


def _refuse_archived(search: EventSearch) -> None:
    if search.customer_id is None or search.meter_id is None:
        return
    if search.start is not None and search.end is not None and search.start < search.end:
        span = Period(search.start.astimezone(UTC), search.end.astimezone(UTC))
        refuse_missing(customer_id=search.customer_id, meter_ids=[search.meter_id], span=span)


def _readings(search: EventSearch) -> QuerySet[Reading]:
    found = _in_time(Reading.objects.all(), search)
    if search.meter_id is not None:
        found = found.filter(meter_id=search.meter_id)
    if search.dimension_ids is not None:
        found = found.filter(dimensions_id__in=list(search.dimension_ids))
    if search.snapshot is not None:
        shown = f"{SHOWN} AND {not_void('usage_reading', '%s')}"
        seen = RawSQL(shown, [search.snapshot] * 2, output_field=BooleanField())  # noqa: S611
        found = found.filter(seen)
    return found


def _in_time(rows: QuerySet, search: EventSearch) -> QuerySet:
    if search.customer_id is not None:
        rows = rows.filter(customer_id=search.customer_id)
    if search.start is not None:
        rows = rows.filter(occurred_at__gte=search.start)
    if search.end is not None:
        rows = rows.filter(occurred_at__lt=search.end)
    return rows


def _following(rows: QuerySet, before: Position | None) -> QuerySet:
    if before is not None:
        instant, key = before
        rows = rows.filter(Q(occurred_at__lt=instant) | Q(key__lt=key), occurred_at__lte=instant)
    return rows.order_by("-occurred_at", "-key")
