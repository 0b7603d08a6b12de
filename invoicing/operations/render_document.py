"""Keeping the PDF of an issued invoice."""

import hashlib
from datetime import datetime

from invoicing.documents.pdf import render_invoice_pdf
from invoicing.models import Invoice, InvoiceDocument, InvoiceState


class NotIssued(ValueError):
    """Only an issued invoice leaves the house."""


def render_document(*, invoice_id: int, now: datetime) -> InvoiceDocument:
    """
    Return the stored PDF of an issued invoice, made at `now` if it is not there yet.

    Call it outside a transaction: rendering takes seconds where an invoice is long. Of two
    workers at once both render and the first one's bytes stay.

    :raises Invoice.DoesNotExist:
    :raises NotIssued:
    :raises PdfUnavailable: Pango is not installed, or it took too long.
    :raises UnusableBrand: a colour or the logo of the brand cannot be printed.
    """
    stored = InvoiceDocument.objects.filter(invoice_id=invoice_id).first()
    if stored is not None:
        return stored
    invoice = Invoice.objects.get(pk=invoice_id)
    if invoice.state != InvoiceState.ISSUED:
        raise NotIssued(f"invoice {invoice.public_id} is {invoice.get_state_display()}")
    content = render_invoice_pdf(invoice=invoice)
    document = InvoiceDocument(
        invoice=invoice,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        rendered_at=now,
    )
    InvoiceDocument.objects.bulk_create([document], ignore_conflicts=True)
    return InvoiceDocument.objects.get(invoice_id=invoice_id)
