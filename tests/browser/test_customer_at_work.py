"""A customer's people follow an invoice down to single events, and ask about a line."""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Customer, Role
from accounts.tasks import send_messages
from invoicing.models import Invoice
from invoicing.tasks import finish_invoice
from tests import factories as make
from tests.browser import scenes

SENTENCE = (
    "13 minutes \N{MULTIPLICATION SIGN} $0.20 = $2.60, "
    "at the rate of US / resolved (in force since Nov 1, 2024)."
)


@pytest.fixture
def issued(committed: None, live_server: LiveServer, settings: Settings) -> Invoice:
    """Acme's invoice of November 2024, issued; links in e-mails lead to the server of the tests."""
    settings.SITE_URL = live_server.url
    return scenes.november_issued(scenes.acme_in_november())


@pytest.fixture
def acme(issued: Invoice) -> Customer:
    return issued.customer


def test_a_customer_goes_from_the_e_mail_down_to_single_events(
    page: Page, issued: Invoice, acme: Customer
) -> None:
    owner = make.member(acme, acme.email)
    finish_invoice(issued.pk)
    link = scenes.link_in_mail_to(owner.email)

    page.goto(link)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    scenes.sign_in(page, owner.email)
    expect(page).to_have_url(link)
    expect(page.get_by_role("heading", level=1)).to_contain_text("TEST-INV-2024-000001")
    expect(page.get_by_role("row", name="AI Calls - US / resolved")).to_contain_text("$2.60")

    page.get_by_role("link", name="AI Calls - US / resolved", exact=True).click()
    expect(page.locator("#sentence")).to_have_text(SENTENCE)
    page.get_by_role("link", name="See its events").click()
    events = page.get_by_role("table", name="Events, the earliest first")
    expect(events.locator("tbody tr")).to_have_count(2)
    expect(events.locator("tbody")).to_contain_text("call-1")
    expect(events.locator("tfoot")).to_contain_text("2 events")
    expect(events.locator("tfoot")).to_contain_text("13 minutes")

    assert sum(_quantities(page)) == 13
    page.get_by_role("navigation", name="Where you are").get_by_role(
        "link", name="TEST-INV-2024-000001"
    ).click()
    expect(page).to_have_url(link)


def _quantities(page: Page) -> list[Decimal]:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    with Path(download.value.path()).open(newline="") as file:
        return [Decimal(row["quantity (minute)"]) for row in csv.DictReader(file)]


def test_the_pdf_says_what_the_page_says(
    new_page: Callable[..., Page], issued: Invoice, acme: Customer
) -> None:
    finish_invoice(issued.pk)
    page = new_page(make.member(acme, role=Role.READ_ONLY))
    page.goto("/")
    scenes.room(page, "Invoices")
    page.get_by_role("link", name="TEST-INV-2024-000001").click()
    totals = page.locator("#totals")
    expect(totals).to_contain_text("$21.35")
    amount_due = totals.locator(".total dd").inner_text()
    page.get_by_role("link", name="Open PDF").click()
    expect(page).to_have_url(re.compile("/pdf/$"))

    # The browser shows it in a viewer of its own; what it shows is fetched once more to be read.
    answer = page.context.request.get(page.url)

    assert answer.headers["content-type"] == "application/pdf"
    printed = PdfReader(io.BytesIO(answer.body())).pages[0].extract_text()
    assert "TEST-INV-2024-000001" in printed
    assert "Total $21.35" in " ".join(printed.split())
    assert f"Amount due {amount_due}" in " ".join(printed.split())


def test_a_question_about_a_line_is_answered_where_it_was_asked(
    new_page: Callable[..., Page], issued: Invoice, acme: Customer
) -> None:
    asker = make.member(acme, role=Role.BILLING)
    page = new_page(asker)
    line = issued.lines.get(description="AI Calls - US / resolved")
    page.goto(f"/portal/{acme.public_id}/invoices/{issued.public_id}/lines/{line.public_id}/")
    page.get_by_role("link", name="Ask about this line").click()
    page.get_by_label("Your question").fill("Were these 13 minutes two calls?")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_text("Your question was sent.")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("Open")

    send_messages()
    desk = new_page(make.staff())
    desk.goto(scenes.link_in_mail_to(scenes.SUPPORT))
    expect(desk.locator("#content")).to_contain_text("Were these 13 minutes two calls?")
    expect(desk.get_by_role("table").filter(has_text="US / resolved")).to_contain_text("2.60")
    desk.get_by_role("link", name="Answer", exact=True).click()
    desk.get_by_label("Answer").fill("Yes: five minutes and eight.")
    desk.get_by_role("button", name="Answer").click()
    expect(desk.locator(".messagelist")).to_contain_text("Answered.")

    send_messages()
    tab = page.context.new_page()
    tab.goto(scenes.link_in_mail_to(asker.email))
    expect(tab.get_by_role("article")).to_contain_text("Yes: five minutes and eight.")
    expect(tab.get_by_role("article")).to_contain_text("Answered")
