"""What would become of waiting events if they were replayed now; nothing is stored."""

from collections.abc import Sequence
from datetime import datetime

from usage.models import QuarantinedEvent, Source
from usage.operations.accepting.outcome import Prepared
from usage.operations.accepting.prepare import prepare_events
from usage.operations.replay_quarantined import as_sent


def would_count(*, source: Source, events: Sequence[QuarantinedEvent], now: datetime) -> int:
    """Return how many of these events of a source would be accepted, the others would wait on."""
    prepared = prepare_events(source=source, items=[as_sent(each) for each in events], now=now)
    return sum(isinstance(item, Prepared) and not item.reason for item in prepared)
