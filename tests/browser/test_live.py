"""Pages that show what runs take in new usage by themselves."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from accounts.models import Customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.browser import scenes

# The pages ask every five seconds.
ASKS_AFTER = 5_000
SOON = 20_000


def ten_more_minutes(acme: Customer) -> None:
    make.accepted(
        make.source(acme.partnercustomer_set.get().partner),
        [make.call_body("call-7", minutes=10, occurred_at="2024-11-15T15:00:00Z")],
    )
    refresh_customer(customer_id=acme.pk, now=make.NOW + timedelta(minutes=1))


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

    ten_more_minutes(acme)

    expect(so_far).to_have_text("$23.35", timeout=SOON)
    expect(line).to_contain_text("23 minutes", timeout=SOON)
    expect(line).to_contain_text("$4.60")


def test_a_table_that_was_opened_stays_open_when_new_usage_arrives(
    new_page: Callable[..., Page], committed: None
) -> None:
    acme = scenes.acme_in_november()
    page = new_page(make.member(acme))
    page.goto("/")
    region = page.get_by_role("region", name="This period so far")
    region.get_by_text("Show as table").click()
    expect(region.get_by_role("table")).to_contain_text("$21.35")

    ten_more_minutes(acme)

    expect(region.get_by_role("table")).to_contain_text("$23.35", timeout=SOON)
    region.get_by_text("Show as table").click()
    expect(region.get_by_role("table")).to_have_count(0)


def test_a_page_in_a_hidden_tab_asks_nothing_until_it_is_seen_again(
    new_page: Callable[..., Page], committed: None
) -> None:
    page = new_page(make.member(scenes.acme_in_november()))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.goto("/")

    hide(page, hidden=True)
    for _ in range(3):
        page.clock.fast_forward(ASKS_AFTER)
    hide(page, hidden=False)
    with page.expect_request("**/live/**"):
        page.clock.fast_forward(ASKS_AFTER)

    assert len([address for address in asked if "/live/" in address]) == 1


def hide(page: Page, *, hidden: bool) -> None:
    """Let the page believe that its tab is hidden or seen: a browser without windows has none."""
    page.evaluate(
        "is => Object.defineProperty(document, 'hidden', {value: is, configurable: true})", hidden
    )


def test_a_page_that_stays_open_asks_to_sign_in_when_the_session_is_over(
    new_page: Callable[..., Page], committed: None
) -> None:
    page = new_page(make.member(scenes.acme_in_november()), may_be_refused=True)
    page.clock.install()
    page.goto("/")
    expect(page.get_by_role("region", name="This period so far")).to_be_visible()

    page.context.clear_cookies()
    page.clock.fast_forward(ASKS_AFTER)

    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).to_have_count(0)
