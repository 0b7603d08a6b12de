"""Closing a backfill that replaces what there is, while others store."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.models import Customer
from tests import factories as make
from tests.at_once import no_waiting, uncommitted
from tests.flows.failing_processes import waiting
from tests.flows.processes import wait_for
from usage.intake.sent_event import read_event
from usage.models import (
    ArchiveState,
    Backfill,
    BackfillState,
    Event,
    EventVoid,
    Source,
    UsageArchive,
)
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from usage.operations.changing_hands import attribute, await_attributed
from usage.operations.issuing_apart import hold_changes_still
from usage.store.archives.archived import MonthArchived
from values.period import Period

NOVEMBER = Period(make.NOVEMBER_1, make.NOVEMBER_1.replace(month=12))
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def source(committed: None) -> Source:
    """Acme's partner, which sent a call of five minutes."""
    make.ai_call_meter()
    acme: Customer = make.acme()
    sender = make.source(make.partner(acme))
    make.accepted(sender, [make.call_body("old")])
    return sender


def staged(source: Source, *, replaces_existing: bool) -> Backfill:
    backfill = open_backfill(
        source=source, customer=None, span=NOVEMBER, event_name="",
        replaces_existing=replaces_existing, reason="lost log", now=make.NOW,
    )  # fmt: skip
    items = [read_event(make.call_body("new", minutes=9))]
    stage_events(backfill_id=backfill.pk, items=items, now=make.NOW)
    return backfill


def closed(backfill: Backfill, *, at: datetime) -> None:
    try:
        start_closing(backfill_id=backfill.pk, now=at)
        while close_next(backfill_id=backfill.pk, now=at):
            pass
    finally:
        connection.close()


def standing() -> list[tuple[str, int]]:
    """Return (idempotency key, minutes) of the events that count."""
    events = Event.objects.exclude(key__in=EventVoid.objects.values("key"))
    return [
        (each.idempotency_key, json.loads(each.sent)["properties"]["duration_minutes"])
        for each in events.order_by("idempotency_key")
    ]


def test_what_was_being_stored_when_it_is_closed_is_replaced_too(source: Source) -> None:
    backfill = staged(source, replaces_existing=True)

    def send() -> None:
        body = make.call_body("under way", minutes=3)
        make.accepted(source, [body], now=make.NOW + A_SECOND)

    with ThreadPoolExecutor(1) as threads:
        with uncommitted(send):
            closing = threads.submit(closed, backfill, at=make.NOW + 2 * A_SECOND)
            wait_for(lambda: waiting() or closing.done(), what="the closing is nowhere to be seen")
        closing.result()

    assert standing() == [("new", 9)]


def test_a_month_that_was_archived_while_it_waited_is_not_replaced(source: Source) -> None:
    backfill = staged(source, replaces_existing=True)

    def archive() -> None:
        await_attributed()
        UsageArchive.objects.create(
            month=NOVEMBER.start.date(), state=ArchiveState.ARCHIVED, starts_at=NOVEMBER.start,
            ends_at=NOVEMBER.end, stored_as="2024/2024-11.gz", sha256="0" * 64, begun_at=make.NOW,
        )  # fmt: skip

    with ThreadPoolExecutor(1) as threads:
        with uncommitted(archive):
            closing = threads.submit(closed, backfill, at=make.NOW)
            wait_for(lambda: waiting() or closing.done(), what="the closing is nowhere to be seen")
        refusal = closing.exception()

    assert isinstance(refusal, MonthArchived)
    backfill.refresh_from_db()
    assert backfill.state == BackfillState.OPEN


def test_one_that_only_adds_waits_for_nobody(source: Source) -> None:
    backfill = staged(source, replaces_existing=False)

    def issue_and_store() -> None:
        hold_changes_still()
        attribute()

    with uncommitted(issue_and_store), no_waiting():
        start_closing(backfill_id=backfill.pk, now=make.NOW)
        while close_next(backfill_id=backfill.pk, now=make.NOW):
            pass

    backfill.refresh_from_db()
    assert backfill.state == BackfillState.CLOSED
    assert standing() == [("new", 9), ("old", 5)]
