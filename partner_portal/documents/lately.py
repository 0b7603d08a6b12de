"""The last hour of a source, minute by minute, and how late its events came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from charts.stacked_bars import StackedBars
from usage.documents.lag_words import lag_sentence
from usage.documents.sent_chart import SPANS, sent_chart
from usage.models import Source
from usage.queries.source_metrics import Lag, Sent

HOURS = SPANS[0]


@dataclass(frozen=True, slots=True)
class Lately:
    """A chart of its minutes; `lag` is a sentence, empty where there is nothing to tell."""

    chart: StackedBars
    lag: str


def lately(
    *, source: Source, found: Sequence[Sent], since: datetime, lag: Lag | None
) -> Lately | None:
    """Return the last hour of a source, None where nothing came in it."""
    if not found:
        return None
    chart = sent_chart(
        found=found, sources=[source], hours=HOURS, since=since, key=f"minutes-{source.mode}"
    )
    # Sandboxes live by clocks of their own.
    tells = lag is not None and source.mode == "live"
    return Lately(chart, lag_sentence(lag) if lag is not None and tells else "")
