"""Events that count no more."""

from django.db import models

from usage.models.event import event_public_id


class EventVoid(models.Model):
    """
    That an event is void, since when, why, and which one replaces it.

    The store writes these rows, and they never change; the event itself stays as it is.
    """

    key = models.UUIDField(primary_key=True)
    customer_id = models.IntegerField()
    occurred_at = models.DateTimeField()
    voided_at = models.DateTimeField()
    reason = models.TextField()
    replaced_by = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "usage_void"

    def __str__(self) -> str:
        return f"{event_public_id(self.key)}: {self.reason}"
