"""How much of a customer's credit is left, in each currency."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from accounts.models import Customer
from invoicing.models import Grant
from invoicing.queries.grant_balances import with_left


@dataclass(frozen=True, slots=True)
class CreditLevel:
    """
    What was granted and is in force, and what is left of that, in one currency.

    Left is what is posted less what open invoices will draw.
    """

    currency: str
    granted: Decimal
    left: Decimal
    newest_grant_id: int

    def is_below(self, percent: int) -> bool:
        """Return whether less than this share of what was granted is left."""
        return self.left * 100 < self.granted * percent


def credit_levels(*, customer: Customer, now: datetime) -> list[CreditLevel]:
    """
    Return the levels of the customer's grants in force at its own time, by currency.

    A grant that was used up and is not expired is in force: the share is of all that was
    granted. One query.
    """
    at = customer.now(now=now)
    in_force = Grant.objects.filter(customer=customer, effective_from__lte=at).filter(
        Q(expires_at=None) | Q(expires_at__gt=at)
    )
    levels: dict[str, CreditLevel] = {}
    columns = ("pk", "currency", "amount", "left_amount")
    for pk, currency, amount, left in with_left(in_force).order_by("pk").values_list(*columns):
        before = levels.get(currency)
        levels[currency] = CreditLevel(
            currency=currency,
            granted=(before.granted if before else Decimal(0)) + amount,
            left=(before.left if before else Decimal(0)) + left,
            newest_grant_id=pk,
        )
    return [levels[currency] for currency in sorted(levels)]
