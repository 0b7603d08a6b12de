"""Keeping an invoice that is not issued as its events make it."""

from datetime import datetime

from django.db import transaction

from accounts.models import Customer
from contracts.models import Contract
from contracts.queries.terms import with_terms
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.write_amounts import write_amounts
from invoicing.operations.write_verdicts import write_verdicts
from invoicing.queries.computation import compute_invoice


class NotOpen(ValueError):
    """The invoice is issued, skipped or void: it does not change any more."""


@transaction.atomic
def refresh_invoice(*, invoice_id: int, now: datetime) -> Invoice:
    """
    Compute an upcoming or draft invoice anew and write what it comes to.

    Takes the customer's lock, so that credit is drawn by one invoice at a time.

    :raises NotOpen:
    """
    invoice = locked_invoice(invoice_id=invoice_id)
    refuse_fixed(invoice)
    computation = compute_invoice(invoice=invoice)
    write_amounts(invoice=invoice, computation=computation, now=now)
    write_verdicts(invoice=invoice, computation=computation, now=now, is_final=False)
    return invoice


def locked_invoice(*, invoice_id: int) -> Invoice:
    """
    Return an invoice with its contract's terms, its customer locked until the commit.

    The lock keeps out others who bill, not those who send usage.
    """
    customer_id = Invoice.objects.values_list("customer_id", flat=True).get(pk=invoice_id)
    Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
    invoice = Invoice.objects.select_related("legal_entity", "brand", "customer__test_clock").get(
        pk=invoice_id
    )
    invoice.contract = with_terms(Contract.objects.filter(pk=invoice.contract_id)).get()
    return invoice


def refuse_fixed(invoice: Invoice) -> None:
    """:raises NotOpen: unless the invoice is upcoming or a draft."""
    if invoice.state not in {InvoiceState.UPCOMING, InvoiceState.DRAFT}:
        raise NotOpen(f"the invoice is {invoice.get_state_display()}; it does not change any more")
