"""Staff at work in the admin, in a real browser."""

import io
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from accounts.models import Customer, TestClock
from accounts.operations.advance_test_clock import advance_test_clock
from invoicing.models import Invoice
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make

PASSWORD = "correct horse battery staple"
DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)


@pytest.fixture
def acme(committed: None) -> Customer:
    """Acme with the six calls of the worked example on its upcoming invoice."""
    buyer = make.acme()
    make.acme_contract(buyer)
    make.accepted(make.source(make.partner(buyer)), make.six_bodies())
    refresh_customer(customer_id=buyer.pk, now=make.NOW)
    return buyer


@pytest.fixture
def issued(acme: Customer) -> Invoice:
    """Acme's invoice of November 2024, issued."""
    assert acme.test_clock is not None
    advance_test_clock(clock=acme.test_clock, to=DECEMBER_2)
    bill_customer(customer_id=acme.pk, as_of=make.NOW)
    return acme.invoices.get(number="INV-2024-000001")


@pytest.fixture
def desk(page: Page) -> Page:
    """The browser of Sam, who has signed in."""
    sam = make.staff()
    sam.set_password(PASSWORD)
    sam.save()
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(sam.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="From usage to cash")).to_be_visible()
    return page


@pytest.mark.usefixtures("issued")
def test_every_list_opens_from_the_front_page(desk: Page) -> None:
    links = desk.locator("#content-main th a").evaluate_all("links => links.map(a => a.href)")
    assert len(links) > 20

    for address in links:
        desk.goto(address)
        expect(desk.locator("#content h1")).to_be_visible()


def test_staff_follow_a_bill_from_the_customer_to_the_event(desk: Page, issued: Invoice) -> None:
    desk.goto(f"/admin/accounts/customer/{issued.customer_id}/change/")
    expect(desk.locator("#content")).to_contain_text("9,978.65")

    desk.get_by_role("link", name="INV-2024-000001").first.click()
    expect(desk.locator("#content")).to_contain_text("21.35 USD")
    desk.screenshot()
