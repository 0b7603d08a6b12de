"""One invoice of a customer, with what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from accounts.models import Customer
from invoicing.documents.presented_lines import printed_order
from invoicing.models import Invoice, InvoiceDocument, InvoiceLine
from invoicing.queries.line_outcomes import counts_outcomes
from values.identifiers import parse_public_id


@dataclass(frozen=True, slots=True)
class Deliveries:
    """When an invoice's PDF was made, and when and to whom it was e-mailed; None: not yet."""

    rendered_at: datetime | None
    mail_to: str | None
    mailed_at: datetime | None


def invoice_of(*, customer: Customer, public_id: str) -> Invoice | None:
    """Return the customer's invoice with this id, None where it has no such."""
    uid = Invoice.uid_of(public_id)
    return None if uid is None else customer.invoices.filter(uid=uid).first()


def deliveries_of(*, invoice: Invoice) -> Deliveries:
    """Return what left the house of an invoice."""
    row = (
        Invoice.objects.filter(pk=invoice.pk)
        .values_list(F("document__rendered_at"), F("email__to"), F("email__sent_at"))
        .get()
    )
    return Deliveries(*row)


def document_of(*, invoice: Invoice) -> InvoiceDocument | None:
    """Return the stored PDF, None while there is none."""
    return InvoiceDocument.objects.filter(invoice=invoice).first()


def line_of(*, customer: Customer, invoice_id: str, line_id: str) -> InvoiceLine | None:
    """
    Return a line of the customer's invoice with both ids, None where there is no such.

    Annotated with `counts_outcomes`.
    """
    invoice_uid = Invoice.uid_of(invoice_id)
    line_uid = parse_public_id(line_id, prefix=InvoiceLine.id_prefix)
    if invoice_uid is None or line_uid is None:
        return None
    return (
        InvoiceLine.objects.filter(
            invoice__customer=customer, invoice__uid=invoice_uid, uid=line_uid
        )
        .select_related(
            "invoice__legal_entity",
            "invoice__customer",
            "invoice__contract__plan",
            "invoice__contract__customer__legal_entity",
            "meter",
            "dimension_set",
        )
        .annotate(counts_outcomes=counts_outcomes())
        .first()
    )


def printed_lines(*, invoice: Invoice) -> Iterator[InvoiceLine]:
    """Yield the lines in the order of the invoice, a chunk of them at a time."""
    yield from printed_order(invoice.lines.defer("trace")).iterator()
