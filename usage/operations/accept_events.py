"""Accepting events: attribute, measure, store exactly once, tell each item what became of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usage.intake.sent_event import Rejected, SentEvent
from usage.models import Channel, Source
from usage.operations.accepting.outcome import Outcome, Prepared, Status
from usage.operations.accepting.outcomes import outcomes_of
from usage.operations.accepting.prepare import prepare_events
from usage.operations.accepting.receipt import write_receipt
from usage.operations.accepting.store import announce, dimensions_of, new_event, store_prepared
from usage.operations.changing_hands import attribute
from usage.store.partitions import ensure_months
from values.failpoints import reached

__all__ = [
    "Outcome",
    "Prepared",
    "Status",
    "accept_events",
    "announce",
    "dimensions_of",
    "new_event",
    "prepare_events",
]

_LONGEST_WAIT = "5s"


def accept_events(
    *,
    source: Source,
    items: Sequence[SentEvent | Rejected],
    now: datetime,
    channel: Channel = Channel.API,
    longest_wait: str | None = None,
) -> list[Outcome]:
    """
    Store the events among the items and return an outcome for each item, in order.

    Every event has its idempotency key by now. All that is new is committed together with the
    receipt when this returns; a known key changes nothing, whatever its body. A rejected item
    takes no key.

    :raises OperationalError: by the API alone: another held a key for longer than `longest_wait`,
        such as "200ms", or than any sender waits.
    """
    with transaction.atomic():
        # A sender gives up sooner than a lock comes free, and sends it again.
        attribute(longest_wait=(longest_wait or _LONGEST_WAIT) if channel is Channel.API else None)
        prepared = prepare_events(source=source, items=items, now=now)
        reached("ingest.attributed")
        first: dict[UUID, Prepared] = {}
        for item in prepared:
            if isinstance(item, Prepared):
                first.setdefault(item.key, item)
        ensure_months(item.occurred_at for item in first.values() if not item.reason)
        reached("ingest.months_made")
        known = store_prepared(list(first.values()), source=source, now=now).known
        outcomes = outcomes_of(
            source=source, items=items, prepared=prepared, first=first, known=known
        )
        reached("ingest.told")
        write_receipt(outcomes, source=source, channel=channel, now=now)
        reached("ingest.receipt_written")
    return outcomes
