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
    return acme.invoices.get(number="TEST-INV-2024-000001")


@pytest.fixture
def desk(page: Page) -> Page:
    """The browser of Sam, who has signed in."""
    sam = make.staff()
    sam.set_password(PASSWORD)
    sam.save()
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(sam.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#site-name")).to_be_visible()
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
    expect(desk.locator("#content")).to_contain_text("9,978.65 USD")
    desk.get_by_role("link", name="TEST-INV-2024-000001").first.click()
    expect(desk.locator("#content")).to_contain_text("21.35 USD")

    desk.get_by_role("link", name="13 minutes").click()
    expect(desk.locator("#events-total")).to_have_text("2 events, 13 minutes")
    desk.locator("#result_list th a").first.click()

    expect(desk.locator("#content")).to_contain_text("call-2")
    expect(desk.locator("pre.sent")).to_contain_text('"duration_minutes": 8')
    desk.get_by_role("link", name="TEST-INV-2024-000001, line").click()
    expect(desk.get_by_role("heading", name="TEST-INV-2024-000001")).to_be_visible()


def test_an_invoice_shows_its_e_mail_and_its_pdf(desk: Page, issued: Invoice) -> None:
    page = f"/admin/invoicing/invoice/{issued.pk}"
    desk.goto(f"{page}/change/")
    desk.get_by_role("link", name="E-mail", exact=True).click()
    expect(desk.frame_locator("iframe.email").locator("body")).to_contain_text(
        "TEST-INV-2024-000001"
    )

    answer = desk.context.request.get(f"{page}/pdf/")

    assert answer.headers["content-type"] == "application/pdf"
    assert "TEST-INV-2024-000001" in PdfReader(io.BytesIO(answer.body())).pages[0].extract_text()


def test_the_price_tester_tells_the_rate_of_the_agreement(desk: Page, issued: Invoice) -> None:
    desk.goto(f"/admin/contracts/contract/{issued.contract_id}/change/")
    expect(desk.locator("#content")).to_contain_text("Next invoice")
    desk.get_by_role("link", name="Price tester").click()

    desk.get_by_label("Quantity").fill("10")
    desk.get_by_label("Time").fill("2024-11-05")
    desk.get_by_label("region").fill("US")
    desk.get_by_label("call_outcome").fill("escalated")
    desk.get_by_role("button", name="Price it").click()

    expect(desk.locator("#price-test-answer")).to_contain_text("7.50 USD")
    expect(desk.locator("#price-test-answer")).to_contain_text("override")


def test_staff_move_a_test_clock_and_find_who_did_it_in_its_history(
    desk: Page, acme: Customer
) -> None:
    desk.goto(f"/admin/accounts/testclock/{acme.test_clock_id}/change/")
    desk.get_by_role("link", name="Advance").click()
    desk.locator("#id_to_0").fill("2024-12-02")
    desk.locator("#id_to_1").fill("00:00:00")
    desk.get_by_label("Reason").fill("to see the bill")
    desk.get_by_role("button", name="Advance").click()

    expect(desk.locator(".messagelist")).to_contain_text("now stands at Dec 2, 2024")
    assert TestClock.objects.get().now_at == DECEMBER_2
    desk.get_by_role("link", name="History", exact=True).click()
    row = desk.locator("#tracked-history tbody tr").first
    expect(row).to_contain_text("sam@northwind.example")
    expect(row).to_contain_text("to see the bill")
