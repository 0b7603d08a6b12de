"""The first page of a partner, every text ready to show."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from charts.stacked_bars import StackedBars
from invoicing.documents.formats import quantity
from partner_portal.documents.received_chart import first_of, received_chart, total
from partner_portal.documents.times import instant
from partner_portal.queries.overview import Overview
from partner_portal.queries.received import Counts, Received


@dataclass(frozen=True, slots=True)
class Span:
    """What came in a span: its chart, and how many by what became of them."""

    chart: StackedBars
    counts: Counts
    received: str
    accepted: str
    quarantined: str
    others: str


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """The first page; `is_new` while nothing has ever been received in this mode."""

    day: Span
    month: Span
    last_received: str
    waiting: str
    usable_keys: int
    customers: int
    is_new: bool


def overview_page(*, overview: Overview, now: datetime) -> OverviewPage:
    """Return the page."""
    today = first_of("hour", now=now.astimezone(UTC))
    hours = [each for each in overview.hours if each.at >= today]
    last = overview.last_received_at
    return OverviewPage(
        day=_span(hours, received_chart(found=hours, step="hour", now=now, key="hours")),
        month=_span(
            overview.hours,
            received_chart(found=_by_day(overview.hours), step="day", now=now, key="days"),
        ),
        last_received="" if last is None else instant(last),
        waiting=quantity(Decimal(overview.waiting)),
        usable_keys=sum(key.is_usable(now=now) for key in overview.keys),
        customers=overview.customers,
        is_new=overview.is_new,
    )


def _by_day(hours: Sequence[Received]) -> list[Received]:
    days: dict[datetime, Counts] = defaultdict(Counts)
    for each in hours:
        at = each.at.astimezone(UTC).replace(hour=0)
        days[at] = days[at].plus(each.counts)
    return [Received(at, counts) for at, counts in sorted(days.items())]


def _span(found: Sequence[Received], chart: StackedBars) -> Span:
    counts = total(found)
    return Span(
        chart=chart,
        counts=counts,
        received=quantity(Decimal(counts.received)),
        accepted=quantity(Decimal(counts.accepted)),
        quarantined=quantity(Decimal(counts.quarantined)),
        others=_others(counts),
    )


def _others(counts: Counts) -> str:
    named = (
        (counts.duplicates, "sent again"),
        (counts.rejected, "rejected"),
        (counts.conflicts, "in conflict with an earlier one"),
    )
    said = [f"{quantity(Decimal(count))} {words}" for count, words in named if count]
    return ", ".join(said)
