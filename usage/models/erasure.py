"""That a person was taken out of stored events."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Customer
from accounts.models.identity import Identified


class Erasure(Identified):
    """
    A number, agent id or other value of one person, replaced in what is stored of a customer.

    The value itself is not here: `value_hash` is a keyed hash of it, by which the same one is
    known again. `attempt` is which of its pseudonyms was free. Written in the transaction that
    erases, which the database lets change bodies for this row alone.
    """

    id_prefix = "ers"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="erasures")
    value_hash = models.CharField(max_length=64)
    attempt = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    erased_at = models.DateTimeField()
    events = models.PositiveBigIntegerField()
    waiting = models.PositiveBigIntegerField("events in quarantine")
    staged = models.PositiveBigIntegerField("events of backfills")
    file_errors = models.PositiveBigIntegerField("errors of files")

    class Meta:
        db_table = "usage_erasure"
        ordering = ["-erased_at", "-pk"]
        indexes = [models.Index(fields=["customer", "value_hash"], name="erasures_of_value")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="erasure_has_a_reason"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="erasures_are_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.public_id
