"""Mappings of columns that are remembered for the next file."""

from django.conf import settings
from django.db import models

from usage.files.detect import FileFormat
from usage.models.source import Source


class ColumnMapping(models.Model):
    """
    What the columns of a source's files meant when somebody last said so.

    One for each set of columns that a file had: the next file with exactly these is of that kind.
    `columns` is None where an earlier version wrote it, which kept the mapping's columns alone.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="column_mappings")
    format = models.CharField(
        max_length=10, choices=[(each.value, each.value.upper()) for each in FileFormat]
    )
    columns_hash = models.CharField(max_length=64)
    columns = models.JSONField(null=True, blank=True)
    mapping = models.JSONField()
    delimiter = models.CharField(max_length=1, blank=True)
    encoding = models.CharField(max_length=10)
    used_at = models.DateTimeField()
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        db_table = "usage_column_mapping"
        ordering = ["-used_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "format", "columns_hash"], name="columns_mapped_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.format} of {self.source_id}"
