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
    following = contract.starts_at if latest is None else latest.period_end
    for period in contract.calendar().periods_from(following):
        if period.end <= following:
            continue
        _make(contract, period)
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
