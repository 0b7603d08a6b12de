"""Storing events again that were void: each stands there anew, under the key that follows."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from usage.intake.revised_key import revised_key
from usage.intake.sent_event import Rejected
from usage.models import Channel, Source
from usage.operations.accepting.outcome import Outcome, Prepared
from usage.operations.accepting.prepare import prepare_events
from usage.operations.accepting.receipt import write_receipt
from usage.operations.accepting.store import store_prepared
from usage.operations.revise_events import Revision
from usage.store.partitions import ensure_months


def put_back(*, source: Source, revisions: Sequence[Revision], now: datetime) -> list[Outcome]:
    """
    Store each event under the key that follows that of the void one, and tell each outcome.

    One that stands there already is a duplicate. What cannot be attributed or counted by now
    goes to quarantine.
    """
    prepared = prepare_events(source=source, items=[each.event for each in revisions], now=now)
    items = [
        item
        if isinstance(item, Rejected)
        else msgspec.structs.replace(item, key=revised_key(revision.key))
        for revision, item in zip(revisions, prepared, strict=True)
    ]
    wanted = [item for item in items if isinstance(item, Prepared)]
    ensure_months({item.occurred_at for item in wanted if not item.reason})
    with transaction.atomic():
        new = store_prepared(wanted, source=source, now=now).new
        outcomes = [
            Outcome("rejected", faults=item.faults)
            if isinstance(item, Rejected)
            else Outcome(
                ("quarantined" if item.reason else "accepted") if item.key in new else "duplicate",
                item.key,
                item.sent.idempotency_key,
                reason=item.reason,
                detail=item.detail,
            )
            for item in items
        ]
        write_receipt(outcomes, source=source, channel=Channel.CORRECTION, now=now)
    return outcomes
