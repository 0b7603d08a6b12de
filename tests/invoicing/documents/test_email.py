"""The e-mail that carries an invoice."""

import pytest
from pytest_django import Settings

from accounts.documents.usable_brand import UnusableBrand
from invoicing.documents.email import invoice_email
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


def test_the_message_says_what_is_due_and_for_what(settings: Settings) -> None:
    settings.SITE_URL = "https://billing.example.com"
    invoices.brand(support_email="help@northwind.example", legal_text="Northwind Voice Inc.")
    invoice = invoices.issued_example()

    message = invoice_email(invoice=invoice)

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
        "\n"
        "Open it, with the usage behind each line:\n"
        "https://billing.example.com"
        f"/portal/{invoice.customer.public_id}/invoices/{invoice.public_id}/\n"
        "\n"
        "-- \n"
        "Questions? Write to help@northwind.example.\n"
        "\n"
        "Northwind Voice\n"
        "IL\n"
        "United States\n"
        "\n"
        "Northwind Voice Inc.\n"
    )


def test_the_button_leads_to_the_invoices_page_at_the_brands_domain() -> None:
    invoices.brand(domain="pay.northwind.example")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))

    message = invoice_email(invoice=invoice)

    page = f"/portal/{invoice.customer.public_id}/invoices/{invoice.public_id}/"
    assert f'<a href="http://pay.northwind.example{page}"' in message.html
    assert message.html.count('class="action"') == 1


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


def test_a_line_break_in_the_brands_name_stays_out_of_the_subject() -> None:
    invoices.brand(name="North\r\nBcc: all@example.com")

    subject = invoice_email(invoice=invoices.draft_of([])).subject

    assert subject == "Draft invoice from North Bcc: all@example.com: $0.00 due"


def test_a_colour_that_is_none_is_refused() -> None:
    invoices.brand(primary_colour="red;}</style>"[:7])

    with pytest.raises(UnusableBrand):
        invoice_email(invoice=invoices.draft_of([]))
