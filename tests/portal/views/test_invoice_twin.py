"""The page of an invoice is the twin of its PDF: the same lines, the same amounts."""

import io

import pytest
from pypdf import PdfReader

from invoicing.documents.pdf import render_invoice_pdf
from invoicing.models import Invoice
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row
from tests.portal.views.invoice_pages import of_invoice, printed_rows, reader

pytestmark = pytest.mark.django_db


def lines_of_pdf(invoice: Invoice) -> list[str]:
    """Return every row from the first line to the amount due, as one text each."""
    document = PdfReader(io.BytesIO(render_invoice_pdf(invoice=invoice)))
    words = "\n".join(page.extract_text() for page in document.pages).splitlines()
    start = words.index("Description Quantity Unit price Amount")
    due = [text.startswith("Amount due $") for text in words]
    return words[start : due.index(True, start) + 1]


def lines_of_page(invoice: Invoice) -> list[str]:
    page = reader(invoice.customer).get(of_invoice("invoice", invoice)).content.decode()
    rows = printed_rows(page)
    return [
        " ".join(filter(None, row))
        for name in ("lines", "taxes", "credits", "totals")
        for row in rows.get(name, [])
    ]


def as_words(rows: list[str]) -> list[str]:
    """A row may break into several lines on paper; its words are the same."""
    return " ".join(rows).split()


def paid_by_two_credits() -> Invoice:
    """Return Acme's invoice of the worked example, paid by a promotion first, then prepaid."""
    acme = make.acme()
    contract = make.acme_contract(acme)
    make.grant(acme, code="welcome", kind="promotional", amount="5.00", priority=1)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    clock = acme.test_clock
    assert clock is not None
    clock.now_at = invoices.DECEMBER_2
    clock.save()
    bill_customer(customer_id=acme.pk, as_of=make.NOW)
    return Invoice.objects.get(contract=contract, period_start=contract.starts_at)


def test_the_worked_example_reads_the_same_on_page_and_paper() -> None:
    invoice = invoices.issued_example()

    page = lines_of_page(invoice)

    assert page == [
        "Description Quantity Unit price Amount",
        "Usage",
        "AI Calls - US / resolved 13 minutes $0.20 $2.60",
        "AI Calls - US / transferred 12 minutes $0.40 $4.80",
        "AI Calls - EU / resolved 6 minutes $0.25 $1.50",
        "AI Calls - EU / escalated 15 minutes $0.75 $11.25",
        "AI Calls - APAC / resolved 4 minutes $0.30 $1.20",
        "Usage subtotal $21.35",
        "Credits Remaining Applied",
        "Prepaid credit grant-1 valid to Oct 31, 2026 $9,978.65 -$21.35",
        "Subtotal $21.35",
        "Total $21.35",
        "Credits applied -$21.35",
        "Amount due $0.00",
    ]
    assert as_words(page) == as_words(lines_of_pdf(invoice))


def test_two_credits_read_the_same_on_page_and_paper() -> None:
    invoice = paid_by_two_credits()

    page = lines_of_page(invoice)

    assert page[8:] == [
        "Credits Remaining Applied",
        "Promotional credit welcome $0.00 -$5.00",
        "Prepaid credit grant-1 valid to Oct 31, 2026 $9,983.65 -$16.35",
        "Subtotal $21.35",
        "Promotional credit -$5.00",
        "Total $16.35",
        "Credits applied -$16.35",
        "Amount due $0.00",
    ]
    assert as_words(page) == as_words(lines_of_pdf(invoice))


def test_sections_taxes_and_notes_read_the_same_on_page_and_paper() -> None:
    middle = invoices.DECEMBER_2.replace(month=11, day=16)
    invoice = invoices.draft_of(
        [
            Row("9.00", "Setup", section="one_time", quantity="1", unit_price="9"),
            Row("20.00", "Seats", section="platform", quantity="2", unit="seat", unit_price="10"),
            Row("1.01", "Tokens", unit="token", unit_price="0.0000025", period_start=middle),
        ],
        taxes=[("Illinois tax", "30.01", "1.88")],
    )

    assert as_words(lines_of_page(invoice)) == as_words(lines_of_pdf(invoice))
