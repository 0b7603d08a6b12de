"""Issued invoices that have not left the house."""

import pytest

from accounts.models import Customer
from invoicing.operations.queue_email import queue_invoice_email
from invoicing.operations.render_document import render_document
from invoicing.operations.send_email import send_invoice_email
from invoicing.queries.undelivered import undelivered_invoices
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


def test_an_issued_invoice_waits_until_pdf_and_email_are_out() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    seen = [undelivered_invoices()]

    render_document(invoice_id=invoice.pk, now=make.NOW)
    seen.append(undelivered_invoices())
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)
    seen.append(undelivered_invoices())
    send_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    assert seen == [[invoice.pk]] * 3
    assert undelivered_invoices() == []


def test_a_draft_does_not_wait() -> None:
    invoices.draft_of([Row("70.00")])

    assert undelivered_invoices() == []


def test_a_customer_without_an_address_waits_for_the_pdf_alone() -> None:
    nameless = invoices.basil_with_address(email="")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=nameless))
    assert undelivered_invoices() == [invoice.pk]

    render_document(invoice_id=invoice.pk, now=make.NOW)

    assert undelivered_invoices() == []


def test_an_address_entered_later_sends_no_old_invoices() -> None:
    nameless = invoices.basil_with_address(email="")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=nameless))
    render_document(invoice_id=invoice.pk, now=make.NOW)

    Customer.objects.update(email="new@basil.example")

    assert undelivered_invoices() == []
