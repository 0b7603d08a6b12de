"""Background work that ended in an error."""

from django.db import models


class TaskFailure(models.Model):
    """
    A task that raised; the same task with the same arguments is one row until it is settled.

    Settled when the same work succeeds later, or when staff says that it is dealt with.
    """

    task = models.CharField(max_length=200)
    arguments = models.CharField(max_length=500, blank=True, help_text="Ids alone, as JSON.")
    error = models.CharField(max_length=500)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "arguments"],
                condition=models.Q(settled_at=None),
                name="one_open_failure_of_a_task",
            )
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.error}"
