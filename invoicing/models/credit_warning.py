"""That a customer was told its credit runs low."""

from typing import TYPE_CHECKING

from django.db import models

from accounts.columns import ExactMoneyField, exact
from accounts.models import Customer
from invoicing.credits.purse import Purse
from invoicing.models.credit import Grant

if TYPE_CHECKING:
    from decimal import Decimal


class CreditWarning(models.Model):
    """
    A warning that what is left of one purse fell below the customer's share of its grants.

    One for each newest grant: after a top-up, which is a new grant, there may be another.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_warnings")
    newest_grant = models.OneToOneField(Grant, models.PROTECT, related_name="warning")
    currency = models.CharField(max_length=3)
    left = ExactMoneyField(help_text="What was left when it was noticed; 0 where it is units.")
    left_quantity = models.DecimalField(
        max_digits=48, decimal_places=18, null=True, help_text="Of grants of units."
    )
    unit = models.CharField(max_length=50, blank=True, help_text="Of grants of units.")
    warned_at = models.DateTimeField()

    class Meta:
        ordering = ["-warned_at"]

    def __str__(self) -> str:
        return f"{self.customer}: credit was low"

    @property
    def purse(self) -> Purse:
        """Return what the credit is counted in."""
        return Purse(self.currency, self.unit)

    @property
    def left_size(self) -> "Decimal":
        """Return what was left: an amount, or a quantity of the unit."""
        return exact(self.left) if self.left_quantity is None else self.left_quantity
