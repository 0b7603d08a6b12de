"""The page of a backfill follows the work without a reload."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import factories as make
from usage.intake.sent_event import read_event
from usage.operations.backfills.close_backfill import start_closing
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from usage.tasks import walk_backfill
from values.period import Period


def test_a_backfill_that_is_closed_is_shown_closed_by_itself(
    new_page: Callable[..., Page], committed: None
) -> None:
    make.ai_call_meter()
    sender = make.source(make.partner(make.acme()))
    backfill = open_backfill(
        source=sender, customer=None, span=Period(make.NOVEMBER_1, make.NOVEMBER_20),
        event_name="", replaces_existing=False, reason="a lost log", now=make.NOW,
    )  # fmt: skip
    items = [read_event(make.call_body(f"call-{number}")) for number in range(3)]
    stage_events(backfill_id=backfill.pk, items=items, now=make.NOW)
    start_closing(backfill_id=backfill.pk, now=make.NOW)
    page = new_page(make.staff())
    page.goto(reverse("admin:usage_backfill_change", args=[backfill.pk]))
    expect(page.get_by_role("progressbar", name="Taken over")).to_be_visible()

    walk_backfill(backfill.pk)

    expect(page.get_by_role("status")).to_contain_text("closed", timeout=20_000)
    expect(page.get_by_role("link", name="Undo")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
