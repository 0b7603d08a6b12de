"""Keeping the PDF."""

import hashlib
import threading
from datetime import timedelta

import pytest
from django.db import connection

from invoicing.models import Invoice, InvoiceDocument
from invoicing.operations.render_document import NotIssued, render_document
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row


@pytest.mark.django_db
def test_the_pdf_is_kept_with_its_hash() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))

    document = render_document(invoice_id=invoice.pk, now=make.NOW)

    content = bytes(document.content)
    assert content.startswith(b"%PDF-")
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert document.rendered_at == make.NOW


@pytest.mark.django_db
def test_a_second_call_changes_nothing() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    first = render_document(invoice_id=invoice.pk, now=make.NOW)

    second = render_document(invoice_id=invoice.pk, now=make.NOW + timedelta(days=1))

    assert (second.pk, second.rendered_at) == (first.pk, make.NOW)


@pytest.mark.django_db
def test_a_draft_has_no_document() -> None:
    draft = invoices.draft_of([Row("70.00")])

    with pytest.raises(NotIssued, match="is draft"):
        render_document(invoice_id=draft.pk, now=make.NOW)


@pytest.mark.django_db
def test_an_unknown_invoice_is_named_as_such() -> None:
    with pytest.raises(Invoice.DoesNotExist):
        render_document(invoice_id=0, now=make.NOW)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_keep_one_document() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    together = threading.Barrier(2)
    kept: list[int] = []

    def work() -> None:
        together.wait()
        kept.append(render_document(invoice_id=invoice.pk, now=make.NOW).pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert kept == [InvoiceDocument.objects.get().pk] * 2
