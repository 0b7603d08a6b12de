"""Writing the e-mail of an invoice."""

import pytest

from invoicing.models import InvoiceEmail
from invoicing.operations.queue_email import Queued, queue_invoice_email
from invoicing.operations.render_document import NotIssued
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


def test_the_email_is_written_to_the_customers_address() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))

    assert queue_invoice_email(invoice_id=invoice.pk, now=make.NOW) == Queued.NEW

    email = InvoiceEmail.objects.get()
    assert (email.invoice, email.to) == (invoice, "billing@basil.example")
    assert email.subject == "Invoice INV-2024-000007 from Northwind Voice: $70.00 due"
    assert (email.queued_at, email.sent_at, email.attempts) == (make.NOW, None, 0)


def test_it_is_written_once() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    assert queue_invoice_email(invoice_id=invoice.pk, now=make.NOW) == Queued.ALREADY
    assert InvoiceEmail.objects.count() == 1


def test_without_an_address_nothing_is_written_and_the_answer_says_so() -> None:
    nameless = invoices.basil_with_address(email="")
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=nameless))

    assert queue_invoice_email(invoice_id=invoice.pk, now=make.NOW) == Queued.NO_ADDRESS
    assert not InvoiceEmail.objects.exists()


def test_a_draft_is_not_written_about() -> None:
    draft = invoices.draft_of([Row("70.00")])

    with pytest.raises(NotIssued):
        queue_invoice_email(invoice_id=draft.pk, now=make.NOW)
