"""Something about a source that is not as usual."""

from django.db import models
from django.db.models import Q

from accounts.models.identity import Identified
from usage.models.source import Source


class AlarmKind(models.TextChoices):
    """What is not as usual."""

    QUARANTINE_GROWS = "quarantine_grows", "quarantine grows"
    SOURCE_SILENT = "source_silent", "source is silent"


class UsageAlarm(Identified):
    """
    Open from when something was noticed until it is over; one at a time for each thing.

    Of a quarantine that grows: `reason`, how many events `found` waited of the hour before it
    was noticed, and how many come in a `usual` hour. Of a silent source: for how many minutes
    nothing had come, and how long it was quiet before at most. Nobody is named: it is kept, and
    mailed.
    """

    id_prefix = "alm"

    source = models.ForeignKey(Source, models.PROTECT, related_name="alarms")
    kind = models.CharField(max_length=20, choices=AlarmKind.choices)
    reason = models.CharField(max_length=40, blank=True)
    found = models.PositiveBigIntegerField()
    usual = models.PositiveBigIntegerField()
    since = models.DateTimeField(
        help_text="When the first of them came; of a silent source, when the last event did."
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "usage_alarm"
        ordering = ["-opened_at", "-pk"]
        verbose_name = "alarm"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AlarmKind.values), name="alarm_kind_known"),
            models.UniqueConstraint(
                fields=["source", "kind", "reason"],
                condition=Q(closed_at=None),
                name="alarm_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.source}"
