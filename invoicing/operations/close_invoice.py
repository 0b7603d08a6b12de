"""Closing a period: its invoice becomes a draft, and the next one lies ahead."""

from datetime import datetime

from django.db import transaction

from invoicing.models import Invoice, InvoiceKind, InvoiceState
from invoicing.operations.refresh_invoice import locked_invoice, refuse_fixed
from invoicing.operations.upcoming import ensure_upcoming
from invoicing.operations.write_amounts import write_amounts
from invoicing.operations.write_verdicts import write_verdicts
from invoicing.queries.computation import compute_invoice
from usage.models import UsageArrival
from values.failpoints import reached


class PeriodStillRuns(ValueError):
    """The period's end is not reached."""


@transaction.atomic
def close_invoice(*, invoice_id: int, now: datetime, as_of: datetime | None = None) -> Invoice:
    """
    Turn an upcoming invoice whose period is over into a draft, with its amounts of now.

    `now` is the real time; `as_of` is the time by which the period must be over, where that
    is an earlier one. A draft stays as it is.

    :raises NotOpen:
    :raises PeriodStillRuns:
    """
    invoice = locked_invoice(invoice_id=invoice_id)
    refuse_fixed(invoice)
    if invoice.state == InvoiceState.DRAFT:
        return invoice
    customer_now = invoice.customer.now(now=as_of or now)
    is_opening = invoice.kind == InvoiceKind.OPENING
    over_at = invoice.period_start if is_opening else invoice.period_end
    if customer_now < over_at:
        raise PeriodStillRuns(f"the period runs until {over_at:%Y-%m-%d %H:%M} UTC")
    computation = compute_invoice(invoice=invoice)
    reached("closing.computed")
    invoice.state = InvoiceState.DRAFT
    write_amounts(invoice=invoice, computation=computation, now=now)
    reached("closing.amounts_written")
    write_verdicts(invoice=invoice, computation=computation, now=now, is_final=False)
    reached("closing.verdicts_written")
    ensure_upcoming(contract=invoice.contract, now=customer_now)
    # The invoices ahead have a new one among them, and what this one leaves of the grants.
    UsageArrival.objects.create(
        customer_id=invoice.customer_id,
        earliest_at=over_at,
        latest_at=over_at,
    )
    reached("closing.announced")
    return invoice
