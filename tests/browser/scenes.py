"""What stands before people come, and how they come in."""

import re
from datetime import UTC, datetime

from django.core import mail
from playwright.sync_api import Page, expect

from accounts.models import Brand, Customer
from accounts.operations.advance_test_clock import advance_test_clock
from invoicing.models import Invoice
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make

DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)
SUPPORT = "help@northwind.example"


def acme_in_november() -> Customer:
    """Return Acme with the six calls of the worked example on its upcoming invoice."""
    buyer = make.acme()
    Brand.objects.update(support_email=SUPPORT)
    make.acme_contract(buyer)
    make.accepted(make.source(make.partner(buyer)), make.six_bodies())
    refresh_customer(customer_id=buyer.pk, now=make.NOW)
    return buyer


def november_issued(buyer: Customer) -> Invoice:
    """Return Acme's invoice of November 2024, issued on the second of December."""
    assert buyer.test_clock is not None
    advance_test_clock(clock=buyer.test_clock, to=DECEMBER_2)
    bill_customer(customer_id=buyer.pk, as_of=make.NOW)
    return buyer.invoices.get(number="TEST-INV-2024-000001")


def sign_in(page: Page, email: str) -> None:
    """Fill in the sign-in page that is shown."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def room(page: Page, name: str) -> None:
    """Go to a room by the bar of the pages."""
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def link_in_mail_to(address: str) -> str:
    """Return the link in the latest e-mail to this address."""
    for message in reversed(mail.outbox):
        if address in message.recipients():
            found = re.search(r"^https?://\S+$", str(message.body), re.MULTILINE)
            assert found is not None, message.body
            return found[0]
    raise AssertionError(f"no mail to {address} among {[each.to for each in mail.outbox]}")
