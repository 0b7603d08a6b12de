"""Pages that show what runs take in new usage by themselves."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.browser import scenes

# The pages ask every five seconds.
SOON = 20_000


def test_new_usage_appears_on_open_pages_without_a_reload(
    new_page: Callable[..., Page], committed: None
) -> None:
    acme = scenes.acme_in_november()
    overview = new_page(make.member(acme))
    overview.goto("/")
    invoice = overview.context.new_page()
    invoice.goto("/")
    invoice.get_by_role("link", name="Upcoming invoice").click()
    so_far = overview.get_by_role("region", name="This period so far").locator(".stat-value")
    line = invoice.get_by_role("row", name="AI Calls - US / resolved")
    expect(so_far).to_have_text("$21.35")
    expect(line).to_contain_text("13 minutes")

    make.accepted(
        make.source(acme.partnercustomer_set.get().partner),
        [make.call_body("call-7", minutes=10, occurred_at="2024-11-15T15:00:00Z")],
    )
    refresh_customer(customer_id=acme.pk, now=make.NOW + timedelta(minutes=1))

    expect(so_far).to_have_text("$23.35", timeout=SOON)
    expect(line).to_contain_text("23 minutes", timeout=SOON)
    expect(line).to_contain_text("$4.60")
