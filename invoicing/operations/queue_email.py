"""Writing the e-mail of an issued invoice."""

from datetime import datetime
from enum import StrEnum

from invoicing.documents.email import invoice_email
from invoicing.models import Invoice, InvoiceEmail, InvoiceState
from invoicing.operations.render_document import NotIssued
from invoicing.queries.invoice_recipients import invoice_recipients


class Queued(StrEnum):
    """Whether there is something to send."""

    NEW = "new"
    ALREADY = "already"
    NO_ADDRESS = "no_address"


def queue_invoice_email(*, invoice_id: int, now: datetime) -> Queued:
    """
    Write the e-mail of an issued invoice to whom `invoice_recipients` names, once.

    Where that is nobody nothing is written, and the answer says so.

    :raises Invoice.DoesNotExist:
    :raises NotIssued:
    :raises UnusableBrand: a colour of the brand cannot be shown.
    """
    if InvoiceEmail.objects.filter(invoice_id=invoice_id).exists():
        return Queued.ALREADY
    invoice = Invoice.objects.select_related("customer").get(pk=invoice_id)
    if invoice.state != InvoiceState.ISSUED:
        raise NotIssued(f"invoice {invoice.public_id} is {invoice.get_state_display()}")
    recipients = invoice_recipients(customer=invoice.customer)
    if not recipients.to:
        return Queued.NO_ADDRESS
    message = invoice_email(invoice=invoice)
    _, made = InvoiceEmail.objects.get_or_create(
        invoice=invoice,
        defaults={
            "to": recipients.to,
            "cc": list(recipients.cc),
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "queued_at": now,
        },
    )
    return Queued.NEW if made else Queued.ALREADY
