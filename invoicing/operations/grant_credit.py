"""Granting credit to a customer."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from djmoney.money import Money

from accounts.models import Customer
from contracts.models import Contract
from invoicing.models import Grant, GrantEntry, GrantEntryKind, GrantKind
from invoicing.operations.journal import post_grant
from usage.models import UsageArrival


@transaction.atomic
def grant_credit(
    *,
    customer: Customer,
    code: str,
    amount: Decimal,
    currency: str,
    effective_from: datetime,
    now: datetime,
    expires_at: datetime | None = None,
    kind: str = GrantKind.PREPAID,
    paid_amount: Decimal | None = None,
    priority: int = 50,
    applies_to: Sequence[str] = (),
    contract: Contract | None = None,
) -> Grant:
    """
    Return a new grant of the customer, in its wallet and in the journal.

    `paid_amount` is what was or will be paid for it: by default nothing for promotional
    credit, the amount for prepaid.

    :raises InvalidTerms: when the engine would not take such a grant.
    """
    if paid_amount is None:
        paid_amount = amount if kind == GrantKind.PREPAID else Decimal(0)
    grant = Grant(
        customer=customer,
        contract=contract,
        code=code,
        kind=kind,
        currency=currency,
        amount=Money(amount, currency),
        paid_amount=Money(paid_amount, currency),
        effective_from=effective_from,
        expires_at=expires_at,
        priority=priority,
        applies_to=list(applies_to),
    )
    grant.terms()
    grant.save()
    GrantEntry.objects.create(
        grant=grant, kind=GrantEntryKind.GRANTED, amount=Money(amount, currency), posted_at=now
    )
    post_grant(grant=grant, paid=paid_amount, amount=amount, now=now)
    # Invoices that are not issued draw on it: whoever keeps amounts fresh looks again.
    UsageArrival.objects.create(
        customer=customer, earliest_at=effective_from, latest_at=effective_from
    )
    return grant
