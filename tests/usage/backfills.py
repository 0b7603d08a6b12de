"""Backfills of November, from opening to undoing."""

from decimal import Decimal
from typing import Any

from accounts.models import Customer
from tests import factories as make
from usage.intake.sent_event import read_event
from usage.models import Backfill, Source
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from usage.operations.backfills.undo_backfill import start_undoing, undo_next
from usage.store import store
from values.period import Period

NOVEMBER = Period(make.NOVEMBER_1, make.NOVEMBER_1.replace(month=12))


def replacing(*bodies: dict[str, Any]) -> Backfill:
    """Open a backfill that replaces all of November, and stage these events."""
    backfill = open_backfill(
        source=Source.objects.get(), customer=None, span=NOVEMBER, event_name="",
        replaces_existing=True, reason="lost log", now=make.NOW,
    )  # fmt: skip
    items = [read_event(body) for body in bodies]
    stage_events(backfill_id=backfill.pk, items=items, now=make.NOW)
    backfill.refresh_from_db()
    return backfill


def closed(backfill: Backfill) -> Backfill:
    """Close it, as a worker does."""
    start_closing(backfill_id=backfill.pk, now=make.NOW)
    while close_next(backfill_id=backfill.pk, now=make.NOW):
        pass
    backfill.refresh_from_db()
    return backfill


def undone(backfill: Backfill) -> Backfill:
    """Undo it, as a worker does."""
    start_undoing(backfill_id=backfill.pk, now=make.NOW)
    while undo_next(backfill_id=backfill.pk, now=make.NOW):
        pass
    backfill.refresh_from_db()
    return backfill


def minutes(customer: Customer) -> int:
    """Return the whole minutes of a customer's calls in November."""
    found = store.aggregate(
        customer_id=customer.pk,
        meter_ids=[make.ai_call_meter().pk],
        slices=[NOVEMBER],
        snapshot=store.snapshot(),
    )
    total = sum((part.quantity for part in found), Decimal(0))
    assert total == total.to_integral_value()
    return int(total)
