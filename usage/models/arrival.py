"""News for whoever prices usage: whose, and of which time."""

from django.db import models

from accounts.models import Customer


class UsageArrival(models.Model):
    """
    Usage of a customer arrived, of the times between the earliest and the latest.

    Also what changes the price of usage from a time on, such as a contract or credit.

    One row for each append and customer, never updated, so that writers do not
    wait for one another; whoever has refreshed the customer's amounts removes
    the rows that it saw.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    earliest_at = models.DateTimeField()
    latest_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.earliest_at} to {self.latest_at}"
