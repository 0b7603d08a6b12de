"""What came, drawn: bars by the minute or by some, stacked by source or by what became of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from charts.stacked_bars import MOST_SERIES, Series, StackedBars, stacked_bars
from usage.models import Source
from usage.queries.source_metrics import Counts, Sent

SPANS = (1, 6, 24)
"""Hours that can be looked at, the first unless another is asked for."""
_MINUTES_OF_A_BAR = {1: 1, 6: 5, 24: 15}
_OUTCOMES = ("accepted", "quarantined", "duplicates", "rejected", "conflicts")


def since_of(*, hours: int, now: datetime) -> datetime:
    """Return when the first bar begins, so that the last one holds the running minute."""
    step = step_of(hours=hours)
    running = now.astimezone(UTC) - (now - datetime.min.replace(tzinfo=UTC)) % step
    return running - (timedelta(hours=hours) // step - 1) * step


def step_of(*, hours: int) -> timedelta:
    """Return how much time a bar is."""
    return timedelta(minutes=_MINUTES_OF_A_BAR[hours])


def sent_chart(
    *,
    found: Sequence[Sent],
    sources: Sequence[Source],
    hours: int,
    since: datetime,
    key: str = "sent",
) -> StackedBars:
    """
    Return the bars of these hours; `found` is in steps of `step_of` from `since`.

    Of one source they are stacked by outcome, of several by source: those that sent most, and
    all others together.
    """
    step = step_of(hours=hours)
    starts = [since + step * place for place in range(timedelta(hours=hours) // step)]
    series = _by_outcome(found, starts) if len(sources) == 1 else _by_source(found, starts, sources)
    minutes = step // timedelta(minutes=1)
    return stacked_bars(
        title="Events per minute" if minutes == 1 else f"Events per {minutes} minutes",
        categories=[f"{at:%b} {at.day}, {at:%H:%M}" for at in starts],
        short_categories=[f"{at:%H:%M}" for at in starts],
        series=series,
        words=lambda amount: f"{amount:,f} event{'' if amount == 1 else 's'}",
        category_word="From (UTC)",
        span="The last hour" if hours == 1 else f"The last {hours} hours",
        key=key,
    )


def _by_outcome(found: Sequence[Sent], starts: Sequence[datetime]) -> list[Series]:
    counts = {each.at.astimezone(UTC): each.counts for each in found}
    series = [
        Series(
            name.capitalize(), [Decimal(getattr(counts.get(at, Counts()), name)) for at in starts]
        )
        for name in _OUTCOMES
    ]
    return [each for place, each in enumerate(series) if not place or any(each.values)]


def _by_source(
    found: Sequence[Sent], starts: Sequence[datetime], sources: Sequence[Source]
) -> list[Series]:
    totals: dict[int, int] = defaultdict(int)
    for each in found:
        totals[each.source_id] += each.counts.received
    names = {source.pk: str(source) for source in sources}
    ranked = sorted(totals, key=lambda source: (-totals[source], names[source]))
    # One place is left for all that have none of their own.
    own = ranked if len(ranked) <= MOST_SERIES else ranked[: MOST_SERIES - 1]
    series = [_of(found, starts, name=names[source], of={source}) for source in own]
    if len(ranked) > len(own):
        series.append(_of(found, starts, name="All others", of=set(ranked[len(own) :])))
    return series or [Series("Events", [Decimal(0)] * len(starts))]


def _of(found: Sequence[Sent], starts: Sequence[datetime], *, name: str, of: set[int]) -> Series:
    received: Mapping[datetime, int] = _received(found, of)
    return Series(name, [Decimal(received.get(at, 0)) for at in starts])


def _received(found: Sequence[Sent], of: set[int]) -> dict[datetime, int]:
    counted: dict[datetime, int] = defaultdict(int)
    for each in found:
        if each.source_id in of:
            counted[each.at.astimezone(UTC)] += each.counts.received
    return counted
