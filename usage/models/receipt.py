"""
What came in one request or chunk of a file: the proof that nothing got lost.

Single events that several requests brought at once share one.

A replay brings nothing: its events were received, and counted as quarantined, when they came.
Where they stand now is told by the events themselves.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from usage.models.source import Source


class Channel(models.TextChoices):
    """The way by which usage came."""

    API = "api", "API"
    FILE = "file", "file"
    BACKFILL = "backfill", "backfill"
    CORRECTION = "correction", "correction"


class UsageReceipt(models.Model):
    """
    The counts of what came at once, written in the transaction that stored it.

    Also where nothing of it was new: received = accepted + duplicates + conflicts + quarantined
    + rejected holds in every row, so for each source and day.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="receipts")
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    received = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    duplicates = models.PositiveIntegerField()
    conflicts = models.PositiveIntegerField()
    quarantined = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()

    class Meta:
        db_table = "usage_receipt"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["source", "received_at"], name="receipts_of_source")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    received=F("accepted")
                    + F("duplicates")
                    + F("conflicts")
                    + F("quarantined")
                    + F("rejected")
                ),
                name="receipt_adds_up",
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="receipt_channel"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="receipts_are_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.received} from {self.source} at {self.received_at:%Y-%m-%d %H:%M}"
