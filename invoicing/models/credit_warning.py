"""That a customer was told its credit runs low."""

from django.db import models

from accounts.columns import ExactMoneyField
from accounts.models import Customer
from invoicing.models.credit import Grant


class CreditWarning(models.Model):
    """
    A warning that what is left in one currency fell below the customer's share of its grants.

    One for each newest grant: after a top-up, which is a new grant, there may be another.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_warnings")
    newest_grant = models.OneToOneField(Grant, models.PROTECT, related_name="warning")
    currency = models.CharField(max_length=3)
    left = ExactMoneyField(help_text="What was left when it was noticed.")
    warned_at = models.DateTimeField()

    class Meta:
        ordering = ["-warned_at"]

    def __str__(self) -> str:
        return f"{self.customer}: {self.left} left"
