"""The invoices of a contract that lie ahead."""

from datetime import datetime, timedelta

from contracts.models import Contract
from invoicing.models import Invoice, InvoiceState
from values.period import Period


def ensure_upcoming(*, contract: Contract, now: datetime) -> None:
    """
    Make the missing invoices of every period up to the running one and of the next.

    `now` is the customer's. Called again it makes nothing twice: the periods of a contract's
    invoices may not overlap.
    """
    latest = (
        Invoice.objects.filter(contract=contract)
        .exclude(state=InvoiceState.VOID)
        .order_by("-period_end")
        .first()
    )
    if latest is not None and latest.period_start > now:
        return
    following = contract.starts_at if latest is None else latest.period_end
    for period in contract.calendar().periods_from(following):
        # In another zone than before the customer's days begin at other instants: the period
        # begins where the last one ended, so that no time is left out or billed twice.
        _make(contract, Period(max(period.start, following), period.end))
        if period.start > now:
            return


def _make(contract: Contract, period: Period) -> None:
    customer = contract.customer
    Invoice.objects.create(
        legal_entity_id=customer.legal_entity_id,
        brand_id=customer.brand_id,
        customer=customer,
        contract=contract,
        state=InvoiceState.UPCOMING,
        period_start=period.start,
        period_end=period.end,
        closes_at=period.end + timedelta(hours=contract.plan.grace_hours),
        currency=contract.plan.currency,
    )
