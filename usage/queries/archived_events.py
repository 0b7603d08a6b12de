"""Events in files, found for an audit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain, groupby, islice
from operator import itemgetter
from uuid import UUID

from accounts.models import Customer
from usage.models import (
    ArchiveState,
    DimensionSet,
    EventKey,
    EventVoid,
    Meter,
    Source,
    UsageArchive,
    event_public_id,
)
from usage.store.archives.archive_file import COLUMNS, cells_of, read_lines, read_lines_of
from usage.store.archives.kept_archives import opened

_EVENTS_AT_ONCE = 500
_KEY = COLUMNS.index("key")
_OCCURRED_AT = COLUMNS.index("occurred_at")
_IDEMPOTENCY_KEY = COLUMNS.index("idempotency_key")


@dataclass(frozen=True, slots=True)
class ArchiveSearch:
    """What to look for; None is anything. Times are `[start, end)` by when an event happened."""

    customer_id: int | None = None
    key: UUID | None = None
    idempotency_key: str | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class ArchivedReading:
    """What a meter counted of an archived event."""

    meter: str
    unit: str
    dimensions: dict[str, str]
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class ArchivedEvent:
    """An archived event, its body as it came, and whether it counts."""

    id: str
    customer: str
    source: str
    occurred_at: datetime
    received_at: datetime
    event_name: str
    idempotency_key: str
    readings: tuple[ArchivedReading, ...]
    void_since: datetime | None
    void_reason: str
    sent: str
    archive: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a file."""

    customer_id: int
    occurred_at: datetime
    key: UUID
    meter_id: int
    dimensions_id: int
    source_id: int
    quantity: Decimal
    received_at: datetime
    said: tuple[str | None, str | None, str | None]


def archived_events(*, search: ArchiveSearch) -> Iterator[ArchivedEvent]:
    """
    Yield the events of the search that are in files, month by month, by customer and time.

    Those of a customer are found by a file's index, others by reading all of it; memory does
    not grow with either.

    :raises ArchiveGone:
    :raises NotAnArchive:
    """
    for archive in _archives(search):
        events = _events(archive, search)
        while chunk := list(islice(events, _EVENTS_AT_ONCE)):
            yield from _told(chunk, archive)


def _archives(search: ArchiveSearch) -> Iterable[UsageArchive]:
    found = UsageArchive.objects.filter(state=ArchiveState.ARCHIVED).order_by("month", "part")
    if search.start is not None:
        found = found.filter(ends_at__gt=search.start)
    if search.end is not None:
        found = found.filter(starts_at__lt=search.end)
    if search.key is not None:
        taken = EventKey.objects.filter(key=search.key).first()
        if taken is None:
            return []
        found = found.filter(starts_at__lte=taken.occurred_at, ends_at__gt=taken.occurred_at)
    return found


def _events(archive: UsageArchive, search: ArchiveSearch) -> Iterator[Sequence[_Row]]:
    """Yield the rows of each event; they lie together, the one that says all first."""
    with opened(archive.stored_as) as stream:
        if search.customer_id is None:
            lines = read_lines(stream)
        else:
            lines = read_lines_of(stream, customer_id=search.customer_id, index_at=archive.index_at)
        for _, cells in groupby(map(cells_of, lines), key=itemgetter(_KEY)):
            rows = list(cells)
            # Looked at as text: most are not asked for.
            if _is_asked(rows[0], search):
                yield [_row(each) for each in rows]


def _row(cells: Sequence[str | None]) -> _Row:
    named = dict(zip(COLUMNS, cells, strict=True))
    told = {name: value or "" for name, value in named.items()}
    return _Row(
        customer_id=int(told["customer_id"]),
        occurred_at=datetime.fromisoformat(told["occurred_at"]),
        key=UUID(told["key"]),
        meter_id=int(told["meter_id"]),
        dimensions_id=int(told["dimensions_id"]),
        source_id=int(told["source_id"]),
        quantity=Decimal(told["quantity"]),
        received_at=datetime.fromisoformat(told["received_at"]),
        said=(named["event_name"], named["idempotency_key"], named["sent"]),
    )


def _is_asked(first: Sequence[str | None], search: ArchiveSearch) -> bool:
    if search.key is not None and first[_KEY] != str(search.key):
        return False
    if search.idempotency_key not in (None, first[_IDEMPOTENCY_KEY]):
        return False
    if search.start is None and search.end is None:
        return True
    occurred_at = datetime.fromisoformat(first[_OCCURRED_AT] or "")
    return (search.start is None or occurred_at >= search.start) and (
        search.end is None or occurred_at < search.end
    )


def _told(events: Sequence[Sequence[_Row]], archive: UsageArchive) -> Iterator[ArchivedEvent]:
    """Yield the events with the names of what their rows point at."""
    rows = list(chain.from_iterable(events))
    customers = dict(
        Customer.objects.filter(pk__in={row.customer_id for row in rows}).values_list(
            "pk", "external_id"
        )
    )
    sources = Source.objects.select_related("partner").in_bulk({row.source_id for row in rows})
    voids = EventVoid.objects.in_bulk({row.key for row in rows})
    readings = _readings(rows)
    for event in events:
        first, void = event[0], voids.get(event[0].key)
        name, idempotency_key, sent = (text or "" for text in first.said)
        yield ArchivedEvent(
            id=event_public_id(first.key),
            customer=customers.get(first.customer_id, str(first.customer_id)),
            source=str(sources.get(first.source_id, first.source_id)),
            occurred_at=first.occurred_at,
            received_at=first.received_at,
            event_name=name,
            idempotency_key=idempotency_key,
            readings=tuple(readings[first.key]),
            void_since=None if void is None else void.voided_at,
            void_reason="" if void is None else void.reason,
            sent=sent,
            archive=str(archive),
        )


def _readings(rows: Sequence[_Row]) -> dict[UUID, list[ArchivedReading]]:
    counted = [row for row in rows if row.meter_id]
    meters = Meter.objects.in_bulk({row.meter_id for row in counted})
    combinations = DimensionSet.objects.in_bulk({row.dimensions_id for row in counted})
    found: dict[UUID, list[ArchivedReading]] = defaultdict(list)
    for row in counted:
        meter, combination = meters[row.meter_id], combinations[row.dimensions_id]
        found[row.key].append(
            ArchivedReading(meter.code, meter.unit, combination.values, row.quantity)
        )
    return found
