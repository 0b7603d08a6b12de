"""The way of a customer through the pages, in a browser that runs no script."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests import factories as make
from tests.browser import scenes


def test_a_customer_finds_and_asks_everything_without_a_script(
    new_page: Callable[..., Page], committed: None
) -> None:
    acme = scenes.acme_in_november()
    scenes.november_issued(acme)
    owner = make.member(acme)
    page = new_page(java_script_enabled=False)

    page.goto("/")
    scenes.sign_in(page, owner.email)
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    scenes.room(page, "Invoices")
    page.get_by_label("State").select_option(label="Nothing due")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="TEST-INV-2024-000001").click()
    page.get_by_role("link", name="AI Calls - US / resolved", exact=True).click()
    expect(page.locator("#sentence")).to_contain_text("= $2.60")
    page.get_by_role("link", name="See its events").click()
    page.get_by_text("US · resolved · 5").click()
    expect(page.get_by_text("duration_minutes").first).to_be_visible()

    scenes.room(page, "Usage")
    page.get_by_label("Time").select_option(label="Last period")
    page.get_by_label("Group by").select_option(label="Call outcome")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row", name="resolved")).to_contain_text("23 minutes")

    scenes.room(page, "Invoices")
    page.get_by_role("link", name="TEST-INV-2024-000001").click()
    page.get_by_role("link", name="Ask about this invoice").click()
    page.get_by_label("Your question").fill("Is it paid by our credit?")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("article")).to_contain_text("Is it paid by our credit?")

    page.locator("summary", has_text=owner.email).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r"/accounts/login/"))
