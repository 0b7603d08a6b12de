"""What a source sent on a day, and where all of it stands: the two equations, counted."""

from django.db import models

from usage.models.source import Source
from values.calendar import day_text


class EventState(models.TextChoices):
    """Where a stored event stands; each is in exactly one."""

    RATED = "rated", "rated"
    AWAITING = "awaiting", "awaiting its window, its period or the next pricing"
    UNMETERED = "unmetered", "no meter wants it, by rule"
    UNPRICED = "unpriced", "no price for its meter"
    QUARANTINED = "quarantined", "in quarantine, or without a rate"
    VOID = "void", "void"
    ARCHIVED = "archived", "in the file of an archived month"


class SourceDay(models.Model):
    """
    The counts of a source's day (UTC, by time of receipt), as of `counted_at`.

    Counted from receipts and events whenever asked; never a second truth.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="days")
    day = models.DateField()
    received = models.PositiveBigIntegerField()
    accepted = models.PositiveBigIntegerField()
    quarantined = models.PositiveBigIntegerField("quarantined at the door")
    duplicates = models.PositiveBigIntegerField()
    conflicts = models.PositiveBigIntegerField()
    rejected = models.PositiveBigIntegerField()
    states = models.JSONField(help_text="How many events are in each state now.")
    holds = models.BooleanField("both sums agree")
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "source"]
        verbose_name = "daily balance"
        constraints = [
            models.UniqueConstraint(fields=["source", "day"], name="source_day_counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.source}, {day_text(self.day)}"
