"""Staff make the price book of the worked example by clicking alone, and reach its invoice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Customer
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make

# The boxes with a search show pages of rows; their order must not be left to chance.
pytestmark = pytest.mark.filterwarnings("error::django.core.paginator.UnorderedObjectListWarning")


@pytest.fixture
def acme(committed: None) -> Customer:
    """Acme, a sandbox customer of Northwind, of whom nothing is agreed."""
    return make.acme()


def add(desk: Page, what: str) -> None:
    """Open the form of a new row, by the list of all pages that is beside every page."""
    desk.get_by_role("row", name=what).get_by_role("link", name="Add").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Add")


def choose(desk: Page, label: str, text: str) -> None:
    """Search a choice box and take the one row that it finds."""
    desk.get_by_role("combobox", name=label, exact=True).click()
    desk.get_by_role("searchbox", name="Search", exact=True).fill(text)
    desk.get_by_role("option", name=text).click()


def enter(desk: Page, values: dict[str, str]) -> None:
    for label, text in values.items():
        desk.get_by_label(label, exact=True).fill(text)


def save(desk: Page) -> None:
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.locator(".messagelist .success")).to_be_visible()


def press(desk: Page, button: str, values: dict[str, str] | None = None) -> None:
    """Press a button of an object's page, and once more on the page that asks first."""
    desk.get_by_role("link", name=button, exact=True).click()
    enter(desk, values or {})
    desk.get_by_role("button", name=button, exact=True).click()
    expect(desk.locator(".messagelist .success")).to_be_visible()


def make_meter(desk: Page) -> None:
    add(desk, "Meters")
    choose(desk, "Legal entity", "Northwind Voice")
    enter(desk, {"Code:": "AI_CALL", "Display name:": "AI Calls", "Event name:": "ai_call"})
    desk.get_by_label("Aggregation:").select_option(label="sum of a property")
    enter(
        desk,
        {
            "Property:": "duration_minutes",
            "Group keys:": "region,call_outcome",
            "Unit:": "minute",
        },
    )
    save(desk)


def make_rate_card(desk: Page) -> None:
    add(desk, "Rate cards")
    choose(desk, "Legal entity", "Northwind Voice")
    enter(desk, {"Code:": "ai-call-rates"})
    choose(desk, "Meter", "AI Calls")
    save(desk)
    desk.get_by_role("link", name="Add version").click()
    enter(desk, {"In force from:": "2024-11-01"})
    save(desk)
    fill_table(desk)
    desk.get_by_role("link", name="Back to the version").click()
    press(desk, "Publish")


def fill_table(desk: Page) -> None:
    """Type the nine rates into an empty table."""
    desk.get_by_role("link", name="Edit as table").click()
    outcomes = list(make.NINE_RATES["US"])
    for region, outcome in zip(make.NINE_RATES, outcomes, strict=True):
        enter(desk, {"region": region, "call_outcome": outcome})
        desk.get_by_role("button", name="Add", exact=True).click()
        expect(desk.get_by_label(f"{region} / {outcome}")).to_be_visible()
    for region, rates in make.NINE_RATES.items():
        enter(desk, {f"{region} / {outcome}": rate for outcome, rate in rates.items()})
    desk.get_by_role("button", name="Save rates").click()
    expect(desk.locator(".messagelist")).to_contain_text("9 added, 0 changed, 0 removed")


def make_plan(desk: Page) -> None:
    add(desk, "Prices")
    choose(desk, "Legal entity", "Northwind Voice")
    enter(desk, {"Code:": "ai-call"})
    choose(desk, "Meter", "AI Calls")
    save(desk)
    desk.get_by_role("link", name="Add version").click()
    enter(desk, {"Name:": "AI Calls"})
    choose(desk, "Rate card", "ai-call-rates")
    enter(desk, {"Fallback rate:": "0.40"})
    save(desk)
    press(desk, "Publish")

    add(desk, "Plans")
    choose(desk, "Legal entity", "Northwind Voice")
    enter(desk, {"Code:": "ai-call-center", "Name:": "AI Call Center"})
    choose(desk, "Price", "ai-call")
    save(desk)


def make_agreement(desk: Page) -> None:
    add(desk, "Contracts")
    choose(desk, "Customer", "Acme Support Co")
    choose(desk, "Plan", "AI Call Center")
    enter(desk, {"First day:": "2024-11-01", "Last day:": "2026-10-31", "Net terms days:": "45"})
    save(desk)

    desk.get_by_role("link", name="Override ai-call").click()
    own_rate = desk.get_by_role("group", name="Own rates").get_by_role("row").nth(1)
    for column, text in (("Region", "US"), ("Call_outcome", "escalated"), ("Rate", "0.75")):
        own_rate.get_by_label(column).fill(text)
    save(desk)
    desk.get_by_role("link", name="Contract", exact=True).click()

    desk.get_by_role("link", name="Grant credit").click()
    enter(
        desk,
        {
            "Code:": "grant-1",
            "Amount:": "10000.00",
            "First day:": "2024-11-01",
            "Last day:": "2026-10-31",
        },
    )
    save(desk)
    desk.get_by_role("link", name="AI Call Center").click()
    press(desk, "Activate")


def test_staff_make_the_price_book_by_clicking_and_reach_the_invoice(
    new_page: Callable[..., Page], acme: Customer
) -> None:
    desk = new_page(make.staff())
    desk.goto("/admin/")

    make_meter(desk)
    make_rate_card(desk)
    make_plan(desk)
    make_agreement(desk)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    desk.reload()
    expect(desk.get_by_role("table", name="Next invoice")).to_contain_text("13 minutes")

    desk.get_by_role("rowheader", name="Test clocks").get_by_role("link").click()
    desk.get_by_role("link", name="Acme's clock").click()
    press(desk, "Advance", {"Date (UTC)": "2024-12-02", "Time (UTC)": "00:00:00"})
    bill_customer(customer_id=acme.pk, as_of=make.NOW)

    desk.get_by_role("link", name="Acme Support Co").click()
    desk.get_by_role("link", name="TEST-INV-2024-000001").first.click()
    expect(desk.locator("#content")).to_contain_text("21.35 USD")
    desk.get_by_role("link", name="Acme Support Co").first.click()
    press_view_as(desk)
    desk.get_by_role("link", name="TEST-INV-2024-000001").click()
    expect(desk.get_by_role("status")).to_contain_text("read only")
    expect(desk.locator("#totals")).to_contain_text("$21.35")


def press_view_as(desk: Page) -> None:
    desk.get_by_role("link", name="View as customer").click()
    enter(desk, {"Reason:": "to see the invoice as they do"})
    desk.get_by_role("button", name="View as customer").click()
    expect(desk.get_by_role("heading", level=1, name="Overview")).to_be_visible()
