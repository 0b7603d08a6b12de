"""The tables of the metrics page: sources, how late they are, how far the sums are behind."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.admin.pages.tables import Cell, Table, may_see, number, text
from accounts.admin.pages.words import NOTHING, instant_words
from accounts.models import KeyMode
from usage.documents.lag_words import span_words, under_words
from usage.models import Source
from usage.queries.files.at_work import files_at_work
from usage.queries.source_metrics import (
    MOST_BEHIND,
    Counts,
    Lag,
    Sent,
    hourly_lags,
    lags_of,
    last_sent_at,
    rollups_behind,
    waiting_by_source,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which sources are looked at, one or all of a mode, and since when."""

    sources: Sequence[Source]
    is_one: bool
    hours: int
    since: datetime
    now: datetime

    @property
    def source_ids(self) -> list[int]:
        """Return their keys."""
        return [source.pk for source in self.sources]


def sources_table(asked: Asked, found: Sequence[Sent], *, user: Any) -> Table:
    """Return what each source sent in the time, what waits of it, and when it sent last."""
    counts: dict[int, Counts] = defaultdict(Counts)
    for each in found:
        counts[each.source_id] = counts[each.source_id].plus(each.counts)
    last = last_sent_at(source_ids=asked.source_ids)
    waiting: dict[int, int] = defaultdict(int)
    for (source_id, _), events in waiting_by_source().items():
        waiting[source_id] += events
    sees_waiting = may_see(user, "usage.quarantinedevent")
    minutes = max((asked.now - asked.since) // timedelta(minutes=1), 1)
    return Table(
        "What each source sent",
        (
            "Source", "Received", "A minute", "Accepted", "Quarantined", "Duplicates", "Conflicts",
            "Rejected", "Waits now", "Last event",
        ),
        [
            (
                text(source, link=_page(source, asked)),
                *_numbers(counts[source.pk], minutes),
                number(
                    f"{waiting[source.pk]:,}",
                    link=_waiting_page(source) if sees_waiting and waiting[source.pk] else "",
                ),
                _ago(last.get(source.pk), asked.now),
            )
            for source in asked.sources
        ],
        empty="No source has sent anything yet.",
        note="By API and file, from the receipts of requests. What a replay, a backfill or a "
        "correction stores was sent before and is not counted again.",
    )  # fmt: skip


def lags_table(asked: Asked) -> Table:
    """Return how late the events were: of one source hour by hour, of many source by source."""
    headings = ("Events", "Half of them", "95 of 100", "The slowest")
    note = (
        "From the time an event says to the time it came, which is when it can be billed; of "
        "events that were accepted at once. Whole hours, the running one among them."
    )
    if asked.sources and asked.sources[0].mode == KeyMode.TEST:
        note += " Sandboxes live by clocks of their own: there it says little."
    if asked.is_one:
        hours = hourly_lags(source_id=asked.sources[0].pk, since=asked.since)
        rows = [(text(instant_words(hour)), *_lag_cells(lag)) for hour, lag in hours]
        caption = "How late its events came, by hour"
        return Table(caption, ("Hour", *headings), rows, empty="None came.", note=note)
    lags = lags_of(source_ids=asked.source_ids, since=asked.since)
    rows = [
        (text(source, link=_page(source, asked)), *_lag_cells(lags[source.pk]))
        for source in asked.sources
        if source.pk in lags
    ]
    return Table("How late events came", ("Source", *headings), rows, empty="None came.", note=note)


def behind_facts(*, now: datetime) -> list[tuple[str, str]]:
    """Return how far what is worked off lies behind what came."""
    behind = rollups_behind()
    words = "nothing"
    if behind.since is not None:
        least = "at least " if behind.receipts > MOST_BEHIND else ""
        words = (
            f"{least}{behind.events:,} events, the first came {span_words(now - behind.since)} ago"
        )
    return [
        ("Not in the sums by the hour yet", words),
        ("Files being worked at", f"{len(files_at_work()):,}"),
    ]


def _numbers(counts: Counts, minutes: int) -> list[Cell]:
    received = counts.received
    rate = f"{Decimal(received) / minutes:,.1f}"
    return [
        number(f"{received:,}"),
        number(rate),
        *(
            number(f"{count:,}")
            for count in (
                counts.accepted, counts.quarantined, counts.duplicates, counts.conflicts,
                counts.rejected,
            )
        ),
    ]  # fmt: skip


def _lag_cells(lag: Lag) -> list[Cell]:
    return [
        number(f"{lag.events:,}"),
        text(under_words(lag.half_seconds)),
        text(under_words(lag.most_seconds)),
        text(span_words(lag.slowest)),
    ]


def _ago(instant: datetime | None, now: datetime) -> Cell:
    if instant is None:
        return text(NOTHING)
    is_old = now - instant > timedelta(days=1)
    return text(f"{span_words(now - instant)} ago", detail=instant_words(instant) if is_old else "")


def _page(source: Source, asked: Asked) -> str:
    wanted = urlencode({"source": source.pk, "hours": asked.hours})
    return f"{reverse('admin:usage_sourceminute_changelist')}?{wanted}"


def _waiting_page(source: Source) -> str:
    wanted = urlencode(
        {"source__partner__id__exact": source.partner_id, "source__mode__exact": source.mode}
    )
    return f"{reverse('admin:usage_quarantinedevent_changelist')}?{wanted}"
