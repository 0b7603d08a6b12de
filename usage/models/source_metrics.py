"""
What each source sends and how late, counted from the receipts of its requests.

For looking at alone: `usage.store.sum_receipts` adds them up, and a mark of its own says how far
that is. Nothing that is billed reads any of it.
"""

from django.db import models

from usage.models.source import Source


class Outcomes(models.Model):
    """How many items came, by what became of them."""

    accepted = models.PositiveBigIntegerField(default=0)
    duplicates = models.PositiveBigIntegerField(default=0)
    conflicts = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class SourceMinute(Outcomes):
    """What a source sent by API and file in a minute that begins at `minute`; kept some weeks."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    minute = models.DateTimeField()

    class Meta:
        db_table = "usage_source_minute"
        verbose_name = "minute of a source"
        verbose_name_plural = "metrics"
        constraints = [
            models.UniqueConstraint(fields=["source", "minute"], name="source_minute_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id}, {self.minute:%Y-%m-%d %H:%M}"


class SourceTotal(Outcomes):
    """What a source has ever sent by one channel, a value of `Channel`."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10)

    class Meta:
        db_table = "usage_source_total"
        constraints = [
            models.UniqueConstraint(fields=["source", "channel"], name="source_total_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id}, {self.channel}"


class SourceLag(models.Model):
    """
    How many events of an hour of receipt happened less than `under_seconds` before it.

    And not less than the next smaller bound: each event is in one row. `slowest` is the longest
    time among them.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    hour = models.DateTimeField()
    under_seconds = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()
    slowest = models.DurationField()

    class Meta:
        db_table = "usage_source_lag"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "hour", "under_seconds"], name="source_lag_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id}, {self.hour:%Y-%m-%d %H}: under {self.under_seconds} s"
