"""How much of a customer's credit is left, in each currency and each unit."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from accounts.models import Customer
from invoicing.credits.purse import Purse
from invoicing.models import Grant
from invoicing.queries.grant_balances import with_left


@dataclass(frozen=True, slots=True)
class CreditLevel:
    """
    What was granted and is in force, and what is left of that, of one purse.

    Left is what is posted less what open invoices will draw.
    """

    purse: Purse
    granted: Decimal
    left: Decimal
    newest_grant_id: int

    def is_below(self, percent: int) -> bool:
        """Return whether less than this share of what was granted is left."""
        return self.left * 100 < self.granted * percent


def credit_levels(*, customer: Customer, now: datetime) -> list[CreditLevel]:
    """
    Return the levels of the customer's grants in force at its own time, by purse.

    A grant that was used up and is not expired is in force: the share is of all that was
    granted. One query.
    """
    at = customer.now(now=now)
    in_force = Grant.objects.filter(customer=customer, effective_from__lte=at).filter(
        Q(expires_at=None) | Q(expires_at__gt=at)
    )
    levels: dict[Purse, CreditLevel] = {}
    for grant in with_left(in_force).order_by("pk"):
        before = levels.get(grant.purse)
        levels[grant.purse] = CreditLevel(
            purse=grant.purse,
            granted=(before.granted if before else Decimal(0)) + grant.size,
            left=(before.left if before else Decimal(0)) + grant.left_amount,  # type: ignore[attr-defined]
            newest_grant_id=grant.pk,
        )
    return [levels[purse] for purse in sorted(levels)]
