"""The e-mail that carries an invoice."""

import pytest
from pytest_django import Settings

from invoicing.documents.email import invoice_email, message_id, sender_of
from invoicing.documents.pdf import UnusableBrand
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


def test_the_message_says_what_is_due_and_for_what() -> None:
    invoices.brand(support_email="help@northwind.example")

    message = invoice_email(invoice=invoices.issued_example())

    assert message.subject == "Invoice TEST-INV-2024-000001 from Northwind Voice: $0.00 due"
    assert message.text == (
        "Northwind Voice\n"
        "\n"
        "Invoice TEST-INV-2024-000001 for Acme Support Co\n"
        "\n"
        "Period: Nov 1 \u2013 Nov 30, 2024\n"
        "Subtotal: $21.35\n"
        "Total: $21.35\n"
        "Credits applied: -$21.35\n"
        "Amount due: $0.00\n"
        "Nothing is left to pay.\n"
        "\n"
        "Prepaid credit grant-1: $9,978.65 remaining\n"
        "\n"
        "The invoice is attached as a PDF.\n"
        "Questions? Write to help@northwind.example.\n"
        "\n"
        "Northwind Voice\n"
        "IL\n"
        "United States\n"
    )


def test_text_and_html_say_when_it_is_due() -> None:
    message = invoice_email(invoice=invoices.issued(invoices.draft_of([Row("70.00")])))

    assert "Amount due: $70.00\nDue: Dec 31, 2024 (net 30 days)\n" in message.text
    assert "Due Dec 31, 2024 (net 30 days)" in message.html
    assert "$70.00" in message.html


def test_a_preview_says_that_it_is_one() -> None:
    message = invoice_email(invoice=invoices.upcoming_example())

    assert message.subject == "Upcoming invoice from Northwind Voice: $0.00 due"
    assert "Upcoming: amounts so far" in message.text
    assert "Upcoming: amounts so far" in message.html


def test_markup_in_a_name_is_text_in_the_html_and_itself_in_the_text() -> None:
    buyer = invoices.basil_with_address(name="<img src=x> & Sons")

    message = invoice_email(invoice=invoices.draft_of([], buyer=buyer))

    assert "&lt;img src=x&gt; &amp; Sons" in message.html
    assert "<img" not in message.html
    assert "for <img src=x> & Sons" in message.text


def test_a_line_break_in_the_brands_name_stays_out_of_the_headers() -> None:
    brand = invoices.brand(name="North\r\nBcc: all@example.com", sender_email="b@n.example")

    subject = invoice_email(invoice=invoices.draft_of([])).subject

    assert subject == "Draft invoice from North Bcc: all@example.com: $0.00 due"
    assert sender_of(brand) == '"North Bcc: all@example.com" <b@n.example>'


def test_a_colour_that_is_none_is_refused() -> None:
    invoices.brand(primary_colour="red;}</style>"[:7])

    with pytest.raises(UnusableBrand):
        invoice_email(invoice=invoices.draft_of([]))


def test_the_sender_is_the_brands() -> None:
    brand = invoices.brand(sender_name="Northwind Billing", sender_email="billing@n.example")

    assert sender_of(brand) == "Northwind Billing <billing@n.example>"


def test_without_an_address_of_its_own_a_brand_sends_from_the_installations(
    settings: Settings,
) -> None:
    settings.DEFAULT_FROM_EMAIL = "portal@example.com"

    assert sender_of(make.brand()) == "Northwind Voice <portal@example.com>"


def test_the_message_id_is_made_of_the_invoices_id(settings: Settings) -> None:
    settings.SITE_URL = "https://billing.example.com:8443"
    invoice = invoices.draft_of([])

    assert message_id(invoice) == f"<{invoice.public_id}@billing.example.com>"
