"""What staff look at on a phone: every number and its link is in sight."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.browser.axe import overflow
from usage.models import SourceDay
from usage.operations.count_source_day import count_source_day

PHONE: dict[str, object] = {"viewport": {"width": 390, "height": 740}, "is_mobile": True}


@pytest.fixture
def day(committed: None) -> SourceDay:
    """A day of Callwave: a call that awaits its pricing, and two that wait in quarantine."""
    make.ai_call_meter()
    sender = make.source(make.partner(make.acme()))
    make.accepted(sender, [make.call_body("one"), make.call_body("two", customer_id=" acme")])
    make.accepted(sender, [make.call_body("three", customer_id="+1 555 777 0001 (the second)")])
    count_source_day(source_id=sender.pk, day=make.NOW.date(), now=make.NOW)
    return SourceDay.objects.get()


def out_of_sight(page: Page) -> list[int]:
    """Return by how many pixels each table is wider than its room."""
    return page.locator(".object-table").evaluate_all(
        "tables => tables.map(each => each.scrollWidth - each.clientWidth)"
    )


@pytest.mark.parametrize("address", [
    "sourceday/{}/change/", "sourceday/{}/events/quarantined/", "sourceday/{}/receipts/received/",
    "quarantinedevent/causes/",
])  # fmt: skip
def test_tables_of_usage_fit_a_phone(
    new_page: Callable[..., Page], day: SourceDay, address: str
) -> None:
    page = new_page(make.staff(), **PHONE)

    page.goto(f"/admin/usage/{address.format(day.pk)}")

    expect(page.locator(".object-table").first).to_be_visible()
    assert (set(out_of_sight(page)), overflow(page)) == ({0}, 0)


def test_the_remedy_of_a_cause_is_in_sight_with_its_heading(
    new_page: Callable[..., Page], day: SourceDay
) -> None:
    page = new_page(make.staff(), **PHONE)

    page.goto("/admin/usage/quarantinedevent/causes/")

    row = page.get_by_role("table").locator("tr", has_text="“ acme”")
    expect(row.locator("td[data-label=Remedy] a")).to_be_in_viewport(ratio=1)
    expect(row.locator("td[data-label=Replay] a")).to_have_text("Replay …")
    assert "Did you mean “acme”?" in row.inner_text()
