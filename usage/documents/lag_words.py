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
    half, most = (_bound_words(bound, lag) for bound in (lag.half_seconds, lag.most_seconds))
    return (
        f"Half of them came {half} after they happened, 95 of 100 {most}; "
        f"the slowest took {span_words(lag.slowest)}."
    )


def _bound_words(seconds: int, lag: Lag) -> str:
    if lag.slowest.total_seconds() < seconds != LAG_BOUNDS_SECONDS[-1]:
        # The slowest says more than the bound above it.
        return f"within {span_words(lag.slowest)}"
    return under_words(seconds)
