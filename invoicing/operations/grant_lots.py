"""Granting what a plan gives in a period."""

from datetime import datetime

from catalog.models import PlanGrant
from contracts.models import Contract
from invoicing.models import Grant
from invoicing.operations.grant_credit import grant_credit
from values.period import Period


def grant_lot(*, contract: Contract, grant: PlanGrant, period: Period, now: datetime) -> None:
    """
    Grant the lot of one period, from its first day until so many periods have ended.

    Not prorated; nothing was paid for it beside the plan's own fees. Called again it does
    nothing: a lot is one of its contract, code and first day. The caller holds the customer's
    lock; of two without it the second is refused.
    """
    known = Grant.objects.filter(contract=contract, plan_grant=grant, effective_from=period.start)
    if known.exists():
        return
    grant_credit(
        customer=contract.customer,
        contract=contract,
        plan_grant=grant,
        code=grant.code,
        amount=grant.amount,
        quantity=grant.quantity,
        unit=grant.unit,
        currency=grant.currency or contract.plan.currency,
        effective_from=period.start,
        expires_at=_expiry(contract, grant, period),
        kind=grant.kind,
        priority=grant.priority,
        applies_to=grant.applies_to,
        now=now,
    )


def _expiry(contract: Contract, grant: PlanGrant, period: Period) -> datetime:
    """Return the end of the last full period in which the lot may be used."""
    calendar = contract.calendar()
    end = period.start
    for _ in range(grant.expires_after_periods):
        end = calendar.full_period_at(end).end
    return end
