"""Who sent an event."""

from django.db import models
from django.db.models import Q

from accounts.models import KeyMode, Partner


class Source(models.Model):
    """
    A space of idempotency keys: one for each partner and mode.

    A key is unique within its source for ever, whatever customer its event
    belongs to; test and live events of a partner never meet.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="sources")
    mode = models.CharField(max_length=4, choices=KeyMode.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "mode"], name="source_once_for_each_mode"),
            models.CheckConstraint(condition=Q(mode__in=KeyMode.values), name="source_mode_known"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} ({self.mode})"
