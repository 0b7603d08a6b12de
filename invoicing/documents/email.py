"""The e-mail that carries an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import Brand
from invoicing.documents.pdf import checked_colours
from invoicing.documents.presentation import presented_invoice
from invoicing.models import Invoice


@dataclass(frozen=True, slots=True)
class InvoiceMessage:
    """Subject in one line, and the body as text and as HTML."""

    subject: str
    text: str
    html: str


def invoice_email(*, invoice: Invoice) -> InvoiceMessage:
    """
    Return the message for a stored invoice; of one that is not issued it is a preview.

    :raises UnusableBrand: a colour of the brand cannot be shown.
    """
    presented = presented_invoice(invoice=invoice)
    checked_colours(presented.brand)
    context = {"invoice": presented}
    subject = f"{presented.name} from {presented.brand.name}: {presented.amount_due} due"
    return InvoiceMessage(
        subject=_one_line(subject),
        text=render_to_string("invoicing/invoice_email.txt", context).strip() + "\n",
        html=render_to_string("invoicing/invoice_email.html", context),
    )


def sender_of(brand: Brand) -> str:
    """Return the `From` of a brand's messages: its own address, else the installation's."""
    name = _one_line(brand.sender_name or brand.name)
    return formataddr((name, brand.sender_email or settings.DEFAULT_FROM_EMAIL))


def message_id(invoice: Invoice) -> str:
    """Return the Message-ID of an invoice's e-mail: the same at every attempt."""
    return f"<{invoice.public_id}@{urlsplit(settings.SITE_URL).hostname}>"


def _one_line(text: str) -> str:
    return " ".join(text.split())
