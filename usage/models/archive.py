"""Months of usage whose events were put into files."""

from datetime import date

from django.db import models
from django.db.models import Q

from usage.models.source import Source


class ArchiveState(models.TextChoices):
    """How far a file is; what is not archived yet, or again in the database, is there to read."""

    WRITING = "writing", "being written"
    WRITTEN = "written", "written, its events still in the database"
    ARCHIVED = "archived", "archived"
    RESTORED = "restored", "back in the database"


class UsageArchive(models.Model):
    """
    A file that holds events of a month (UTC), and what is known of it.

    Events that come late for a month that was archived are put into a further part. `below` is
    the transaction, as text, before which all that is in the file was stored; `kept_rows` stay
    in the database. `index_at` is where in the file its index begins.
    """

    month = models.DateField(help_text="The first day of the month.")
    part = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=10, choices=ArchiveState.choices, default=ArchiveState.WRITING
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stored_as = models.CharField("file", max_length=100, unique=True)
    below = models.CharField(max_length=20, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    kept_rows = models.PositiveBigIntegerField(
        default=0, help_text="Rows that bills may still ask for, left in the database."
    )
    size_bytes = models.PositiveBigIntegerField(default=0)
    index_at = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    begun_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    restored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "usage_archive"
        ordering = ["-month", "-part"]
        verbose_name = "archived month"
        constraints = [
            models.UniqueConstraint(fields=["month", "part"], name="archive_part_once"),
            models.UniqueConstraint(
                fields=["month"],
                condition=Q(state__in=["writing", "written"]),
                name="archive_month_written_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ArchiveState.values), name="archive_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="writing") | ~Q(sha256=""), name="archive_has_its_checksum"
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_at"], condition=Q(state="archived"), name="archive_in_files"
            )
        ]

    def __str__(self) -> str:
        name = month_name(self.month)
        return name if self.part == 1 else f"{name}, part {self.part}"


class ArchivedDay(models.Model):
    """How many events of a source and a day of receipt (UTC) an archive holds."""

    archive = models.ForeignKey(UsageArchive, models.CASCADE, related_name="days")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    day = models.DateField()
    events = models.PositiveBigIntegerField()

    class Meta:
        db_table = "usage_archived_day"
        constraints = [
            models.UniqueConstraint(fields=["archive", "source", "day"], name="archived_day_once")
        ]
        indexes = [models.Index(fields=["source", "day"], name="archived_day_of_source")]

    def __str__(self) -> str:
        return f"{self.archive}: {self.events} events of {self.day}"


def month_name(month: date) -> str:
    """Return a month as the commands take it: 2024-05."""
    return f"{month:%Y-%m}"
