"""The invoices of a contract that lie ahead."""

from datetime import datetime, timedelta

from contracts.models import Contract
from contracts.queries.terms import contract_terms
from invoicing.models import Invoice, InvoiceKind, InvoiceState
from invoicing.operations.grant_lots import grant_lot
from invoicing.rating.price import PriceVersion
from invoicing.rating.terms.fixed import OneTime, Recurring, Seat, Timing
from values.failpoints import reached
from values.period import Period


def ensure_upcoming(*, contract: Contract, now: datetime) -> None:
    """
    Make the missing invoices of every period up to the running one and of the next.

    The first is that of the contract's first day, where something is due on it. With each
    period come the lots of credit that the plan gives in it. `now` is the customer's, the
    contract comes `with_terms`. Called again it makes nothing twice. The caller holds the
    customer's lock; of two without it the database refuses the second, because the periods of
    a contract's invoices may not overlap.
    """
    latest = (
        Invoice.objects.filter(contract=contract, kind=InvoiceKind.PERIOD)
        .exclude(state=InvoiceState.VOID)
        .order_by("-period_end")
        .first()
    )
    if latest is not None and latest.period_start > now:
        return
    following = contract.starts_at if latest is None else latest.period_end
    if latest is None:
        _open(contract)
    grants = list(contract.plan.grants.all())
    for period in contract.calendar().periods_from(following):
        # In another zone than before the customer's days begin at other instants: the period
        # begins where the last one ended, so that no time is left out or billed twice.
        covered = Period(max(period.start, following), period.end)
        _make(contract, covered, closes_at=_closes_at(contract, covered))
        reached("upcoming.invoice_made")
        for grant in grants:
            grant_lot(contract=contract, grant=grant, period=covered, now=now)
            reached("upcoming.lot_granted")
        if period.start > now:
            return


def _open(contract: Contract) -> None:
    """Make the invoice of the contract's first day, where something is due on it."""
    versions = [version for price in contract_terms(contract).prices for version in price.versions]
    if any(map(_is_due_at_start, versions)):
        first = contract.calendar().period_at(contract.starts_at)
        _make(contract, first, closes_at=first.start, kind=InvoiceKind.OPENING)


def _is_due_at_start(version: PriceVersion) -> bool:
    model = version.model
    return isinstance(model, OneTime) or (
        isinstance(model, Recurring | Seat) and model.timing == Timing.ADVANCE
    )


def _closes_at(contract: Contract, period: Period) -> datetime:
    return period.end + timedelta(hours=contract.plan.grace_hours)


def _make(
    contract: Contract,
    period: Period,
    *,
    closes_at: datetime,
    kind: InvoiceKind = InvoiceKind.PERIOD,
) -> None:
    customer = contract.customer
    Invoice.objects.create(
        legal_entity_id=customer.legal_entity_id,
        brand_id=customer.brand_id,
        customer=customer,
        contract=contract,
        kind=kind,
        state=InvoiceState.UPCOMING,
        period_start=period.start,
        period_end=period.end,
        closes_at=closes_at,
        currency=contract.plan.currency,
    )
