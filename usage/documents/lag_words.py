"""How late events came, and how long something takes, in words."""

from datetime import timedelta

from usage.queries.source_metrics import Lag
from usage.store.sum_receipts import LAG_BOUNDS_SECONDS

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def under_words(seconds: int) -> str:
    """Return ``under 5 seconds``; of the last bound, that it is longer than the one before."""
    if seconds == LAG_BOUNDS_SECONDS[-1]:
        return f"over {span_words(timedelta(seconds=LAG_BOUNDS_SECONDS[-2]))}"
    return f"under {span_words(timedelta(seconds=seconds))}"


def span_words(span: timedelta) -> str:
    """Return ``3 minutes``: the largest unit of which there is one, rounded down; not below 0."""
    seconds = max(int(span.total_seconds()), 0)
    for size, word in _UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count:,} {word}{'' if count == 1 else 's'}"
    return "no time"


def lag_sentence(lag: Lag) -> str:
    """Return how late events came, in a sentence."""
    return (
        f"Half of them came {under_words(lag.half_seconds)} after they happened, 95 of 100 "
        f"{under_words(lag.most_seconds)}; the slowest took {span_words(lag.slowest)}."
    )
