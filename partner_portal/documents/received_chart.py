"""What came in, drawn: bars by hour or by day, stacked by what became of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from charts.stacked_bars import Series, StackedBars, stacked_bars
from invoicing.documents.formats import day, quantity
from partner_portal.queries.received import Counts, Received, Step

DAYS = 30
HOURS = 24
_OUTCOMES = (
    ("Accepted", "accepted"),
    ("Quarantined", "quarantined"),
    ("Duplicates", "duplicates"),
    ("Rejected", "rejected"),
    ("Conflicts", "conflicts"),
)


def first_of(step: Step, *, now: datetime) -> datetime:
    """Return when the first of the last 24 hours or 30 days began; the running one counts."""
    if step == "hour":
        return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)


def received_chart(
    *, found: Sequence[Received], step: Step, now: datetime, key: str
) -> StackedBars:
    """Return the bars of the last 24 hours or 30 days; outcomes that never came have no series."""
    start = first_of(step, now=now.astimezone(UTC))
    width = timedelta(hours=1) if step == "hour" else timedelta(days=1)
    starts = [start + width * place for place in range(HOURS if step == "hour" else DAYS)]
    by_start = {each.at.astimezone(UTC): each.counts for each in found}
    whole = total(found)
    series = [
        Series(name, [Decimal(getattr(by_start.get(at, Counts()), field)) for at in starts])
        for name, field in _OUTCOMES
        if getattr(whole, field) or field == "accepted"
    ]
    return stacked_bars(
        title=f"Events received by {step}",
        categories=[_name(at, step) for at in starts],
        short_categories=[_short_name(at, step) for at in starts],
        series=series,
        words=lambda amount: quantity(amount, "event"),
        category_word=f"{step.capitalize()} (UTC)",
        span="The last 24 hours" if step == "hour" else "The last 30 days",
        key=key,
    )


def total(found: Sequence[Received]) -> Counts:
    """Return the counts of all together."""
    whole = Counts()
    for each in found:
        whole = whole.plus(each.counts)
    return whole


def _name(at: datetime, step: Step) -> str:
    return f"{day(at.date())} {at:%H:%M}" if step == "hour" else day(at.date())


def _short_name(at: datetime, step: Step) -> str:
    return f"{at:%H:%M}" if step == "hour" else f"{at:%b} {at.day}"
