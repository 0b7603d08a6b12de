"""Sending the e-mail of an invoice, once."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from pytest_django import Settings

from accounts.models import Membership
from invoicing.models import Invoice, InvoiceDocument, InvoiceEmail
from invoicing.operations.queue_email import queue_invoice_email
from invoicing.operations.render_document import render_document
from invoicing.operations.send_email import (
    MailNotSent,
    PdfNotMade,
    Sending,
    send_invoice_email,
)
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row


class DownMailServer(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise ConnectionRefusedError("421 try later")


def ready() -> Invoice:
    invoices.brand(
        sender_name="Northwind Billing",
        sender_email="billing@northwind.example",
        support_email="help@northwind.example",
    )
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    render_document(invoice_id=invoice.pk, now=make.NOW)
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)
    return invoice


@pytest.mark.django_db
def test_the_message_goes_out_with_the_pdf() -> None:
    invoice = ready()

    assert send_invoice_email(invoice_id=invoice.pk, now=make.NOW) == Sending.SENT

    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.to == ["billing@basil.example"]
    assert message.from_email == "Northwind Billing <billing@northwind.example>"
    assert message.reply_to == ["help@northwind.example"]
    assert message.subject == "Invoice INV-2024-000007 from Northwind Voice: $70.00 due"
    assert message.extra_headers == {"Message-ID": f"<{invoice.public_id}@localhost>"}
    assert [tuple(attachment) for attachment in message.attachments] == [
        ("INV-2024-000007.pdf", bytes(InvoiceDocument.objects.get().content), "application/pdf")
    ]
    email = InvoiceEmail.objects.get()
    assert message.body == email.text
    assert [tuple(part) for part in message.alternatives] == [(email.html, "text/html")]
    assert (email.sent_at, email.attempts, email.last_error) == (make.NOW, 1, "")


@pytest.mark.django_db
def test_those_who_want_a_copy_are_named_in_it() -> None:
    basil = invoices.basil_with_address()
    make.member(basil, "olive@basil.example")
    Membership.objects.update(wants_invoices=True)
    invoice = invoices.issued(invoices.draft_of([Row("70.00")], buyer=basil))
    render_document(invoice_id=invoice.pk, now=make.NOW)
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    send_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    (message,) = mail.outbox
    assert (message.to, message.cc) == (["billing@basil.example"], ["olive@basil.example"])


@pytest.mark.django_db
def test_a_second_call_sends_nothing() -> None:
    invoice = ready()
    send_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    again = send_invoice_email(invoice_id=invoice.pk, now=make.NOW + timedelta(hours=1))

    assert again == Sending.ALREADY_SENT
    assert len(mail.outbox) == 1
    assert InvoiceEmail.objects.get().sent_at == make.NOW


@pytest.mark.django_db
def test_a_refusal_is_counted_and_the_next_attempt_has_the_same_message_id(
    settings: Settings,
) -> None:
    invoice = ready()
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.DownMailServer"

    with pytest.raises(MailNotSent, match="421 try later"):
        send_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    email = InvoiceEmail.objects.get()
    assert (email.sent_at, email.attempts) == (None, 1)
    assert email.last_error == "ConnectionRefusedError: 421 try later"

    settings.EMAIL_BACKEND = working
    assert send_invoice_email(invoice_id=invoice.pk, now=make.NOW) == Sending.SENT
    email.refresh_from_db()
    assert (email.attempts, email.last_error) == (2, "")
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{invoice.public_id}@localhost>"


@pytest.mark.django_db
def test_nothing_is_sent_before_the_pdf_is_made() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    with pytest.raises(PdfNotMade):
        send_invoice_email(invoice_id=invoice.pk, now=make.NOW)

    assert mail.outbox == []
    assert InvoiceEmail.objects.get().attempts == 0


@pytest.mark.django_db
def test_where_no_email_was_written_the_answer_says_so() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))

    assert send_invoice_email(invoice_id=invoice.pk, now=make.NOW) == Sending.NOT_WRITTEN
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_a_message_that_another_worker_is_sending_is_left_alone() -> None:
    invoice = ready()
    answers: list[Sending] = []

    def work() -> None:
        answers.append(send_invoice_email(invoice_id=invoice.pk, now=make.NOW))
        connection.close()

    with transaction.atomic():
        InvoiceEmail.objects.select_for_update().get(invoice=invoice)
        worker = threading.Thread(target=work)
        worker.start()
        worker.join()

    assert answers == [Sending.UNDER_WAY]
    assert mail.outbox == []
