"""Granting credit to a customer."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from djmoney.money import Money

from accounts.models import Customer
from catalog.models import PlanGrant
from contracts.models import Contract
from invoicing.models import Grant, GrantEntry, GrantEntryKind, GrantKind
from invoicing.operations.journal import post_grant
from usage.models import UsageArrival


@transaction.atomic
def grant_credit(
    *,
    customer: Customer,
    code: str,
    amount: Decimal | None = None,
    currency: str,
    effective_from: datetime,
    now: datetime,
    expires_at: datetime | None = None,
    quantity: Decimal | None = None,
    unit: str = "",
    kind: str = GrantKind.PREPAID,
    paid_amount: Decimal | None = None,
    priority: int = 50,
    applies_to: Sequence[str] = (),
    contract: Contract | None = None,
    plan_grant: PlanGrant | None = None,
) -> Grant:
    """
    Return a new grant of the customer, in its wallet and in the journal.

    It is an `amount` of money, or a `quantity` of a `unit`. `paid_amount` is what was or will
    be paid for it: by default the amount for prepaid credit, nothing for promotional credit
    and for units.

    :raises InvalidTerms: when the engine would not take such a grant.
    """
    money = amount or Decimal(0)
    if paid_amount is None:
        paid_amount = money if kind == GrantKind.PREPAID else Decimal(0)
    grant = Grant(
        customer=customer,
        contract=contract,
        plan_grant=plan_grant,
        code=code,
        kind=kind,
        currency=currency,
        amount=Money(money, currency),
        quantity=quantity,
        unit=unit,
        paid_amount=Money(paid_amount, currency),
        effective_from=effective_from,
        expires_at=expires_at,
        priority=priority,
        applies_to=list(applies_to),
    )
    grant.terms()
    grant.save()
    # Units are worth what was paid for them; money is worth its amount, whoever paid.
    worth = money if quantity is None else paid_amount
    GrantEntry.objects.create(
        grant=grant,
        kind=GrantEntryKind.GRANTED,
        amount=Money(worth, currency),
        quantity=quantity,
        posted_at=now,
    )
    if worth:
        post_grant(grant=grant, paid=paid_amount, amount=worth, now=now)
    # Invoices that are not issued draw on it: whoever keeps amounts fresh looks again.
    UsageArrival.objects.create(
        customer=customer, earliest_at=effective_from, latest_at=effective_from
    )
    return grant
