"""Issued invoices that have not left the house."""

from django.db.models import Exists, OuterRef, Q

from invoicing.models import Invoice, InvoiceDocument, InvoiceEmail, InvoiceState


def undelivered_invoices() -> list[int]:
    """
    Return the ids of issued invoices whose PDF or e-mail is still to be made or sent, oldest first.

    An e-mail is owed where the customer had an address at issue and has one now: an address
    that is entered later does not let years of old invoices go out.
    """
    has_address = ~Q(buyer_snapshot__email="") & ~Q(customer__email="")
    has_document = Exists(InvoiceDocument.objects.filter(invoice=OuterRef("pk")))
    has_email = Exists(InvoiceEmail.objects.filter(invoice=OuterRef("pk")))
    waits = Exists(InvoiceEmail.objects.filter(invoice=OuterRef("pk"), sent_at=None))
    waiting = (
        Invoice.objects.filter(state=InvoiceState.ISSUED)
        .filter(~has_document | waits | (has_address & ~has_email))
        .order_by("issued_at", "id")
    )
    return list(waiting.values_list("id", flat=True))
