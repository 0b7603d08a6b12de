"""The e-mail that carries an invoice."""

from __future__ import annotations

from django.urls import reverse

from accounts.documents.addresses import customer_address
from accounts.documents.message import MessageText, rendered_message
from invoicing.documents.presentation import presented_invoice
from invoicing.models import Invoice


def invoice_email(*, invoice: Invoice) -> MessageText:
    """
    Return the message for a stored invoice; of one that is not issued it is a preview.

    :raises UnusableBrand: a colour of the brand cannot be shown.
    """
    page = reverse("portal:invoice", args=[invoice.customer.public_id, invoice.public_id])
    context = {
        "invoice": presented_invoice(invoice=invoice),
        "link": customer_address(brand=invoice.brand, path=page),
    }
    return rendered_message(template="invoice", brand=invoice.brand, context=context)
