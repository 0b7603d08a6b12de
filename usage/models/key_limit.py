"""How much an API key may send in a minute, where it is not what all may."""

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import ApiKey

LEAST_EVENTS = 10_000
"""A whole batch: below it the largest one would never be taken."""


@pghistory.track()
class KeyLimit(models.Model):
    """
    The limits of one key; an empty one is that of all keys.

    A key that replaces another one begins with its limits: a trigger of `accounts_apikey` copies
    them (`usage_limits_of_successor`).
    """

    api_key = models.OneToOneField(
        ApiKey, models.CASCADE, related_name="limit", verbose_name="API key"
    )
    requests_per_minute = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Empty: what all keys may send.",
    )
    events_per_minute = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST_EVENTS)],
        help_text=f"At least a whole batch of {LEAST_EVENTS:,}. Empty: what all keys may send.",
    )

    class Meta:
        verbose_name = "limit of an API key"
        verbose_name_plural = "limits of API keys"
        ordering = ["api_key"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    (Q(requests_per_minute=None) | Q(requests_per_minute__gte=1))
                    & (Q(events_per_minute=None) | Q(events_per_minute__gte=LEAST_EVENTS))
                ),
                name="key_limit_lets_a_batch_through",
            )
        ]

    def __str__(self) -> str:
        return str(self.api_key)


class KeyAllowance(models.Model):
    """
    What a key may send at this moment: a bucket that fills within a minute.

    One row for all processes; `usage.operations.take_allowance` alone writes it. The table is
    not logged: after a crash every bucket is full again, and taking from one costs no flush.
    """

    # No foreign key: it would have to look up the key at each request.
    api_key_id = models.BigIntegerField(primary_key=True)
    requests = models.FloatField()
    events = models.FloatField()
    filled_at = models.DateTimeField()
    was_taken = models.BooleanField(help_text="Whether the last one who asked got what it asked.")

    def __str__(self) -> str:
        return f"{self.requests:.0f} requests, {self.events:.0f} events"
