"""Records of bill runs."""

from django.db import models


class BillRun(models.Model):
    """One walk over everything that was due: who woke it, and what came of it."""

    as_of = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    customers_due = models.PositiveIntegerField(default=0)
    customers_done = models.PositiveIntegerField(default=0)
    drafted = models.PositiveIntegerField(default=0)
    issued = models.PositiveIntegerField(default=0)
    stopped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"as of {self.as_of:%Y-%m-%d %H:%M} UTC"
