"""Sending the e-mail of an issued invoice."""

from datetime import datetime
from enum import StrEnum

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from accounts.documents.message import message_id, sender_of
from accounts.mail_attempts import MOST_ATTEMPTS_COUNTED, reason_of
from invoicing.models import InvoiceDocument, InvoiceEmail


class Sending(StrEnum):
    """What became of the call."""

    SENT = "sent"
    ALREADY_SENT = "already_sent"
    UNDER_WAY = "under_way"
    NOT_WRITTEN = "not_written"


class PdfNotMade(ValueError):
    """The e-mail carries the PDF, which is not stored yet."""


class MailNotSent(RuntimeError):
    """The mail server did not take the message; it is tried again."""


def send_invoice_email(*, invoice_id: int, now: datetime) -> Sending:
    """
    Send an invoice's e-mail with its PDF, once; another worker's attempt is left alone.

    The row stays locked while the message is handed over, so that two never send it. A
    crash between the server's answer and the commit sends it again under the same
    Message-ID. Where no e-mail was written, as for a customer without an address, the answer
    says so.

    :raises PdfNotMade:
    :raises MailNotSent: the attempt is counted and its error kept.
    """
    with transaction.atomic():
        email = _locked(invoice_id)
        if email is None:
            written = InvoiceEmail.objects.filter(invoice_id=invoice_id).exists()
            return Sending.UNDER_WAY if written else Sending.NOT_WRITTEN
        if email.sent_at is not None:
            return Sending.ALREADY_SENT
        message = _message(email)
        error = _refusal(message)
        email.attempts = min(email.attempts + 1, MOST_ATTEMPTS_COUNTED)
        email.last_error = "" if error is None else reason_of(error)
        email.sent_at = now if error is None else None
        email.save(update_fields=["attempts", "last_error", "sent_at"])
    if error is not None:
        raise MailNotSent(f"{email}: {reason_of(error)}") from error
    return Sending.SENT


def _locked(invoice_id: int) -> InvoiceEmail | None:
    return (
        InvoiceEmail.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("invoice__brand")
        .filter(invoice_id=invoice_id)
        .first()
    )


def _message(email: InvoiceEmail) -> EmailMultiAlternatives:
    invoice = email.invoice
    document = InvoiceDocument.objects.filter(invoice=invoice).first()
    if document is None:
        raise PdfNotMade("the PDF of this invoice was not made yet")
    support = invoice.brand.support_email
    message = EmailMultiAlternatives(
        subject=email.subject,
        body=email.text,
        from_email=sender_of(invoice.brand),
        to=[email.to],
        cc=email.cc,
        reply_to=[support] if support else None,
        headers={"Message-ID": message_id(invoice)},
    )
    message.attach_alternative(email.html, "text/html")
    message.attach(f"{invoice.number}.pdf", bytes(document.content), "application/pdf")
    return message


def _refusal(message: EmailMultiAlternatives) -> Exception | None:
    """Hand the message over; return what went wrong, whichever mail backend said so."""
    try:
        message.send()
    except Exception as error:
        return error
    return None
