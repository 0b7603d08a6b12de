"""Events that were accepted but cannot be attributed or counted yet."""

import pgtrigger
from django.db import models
from django.db.models import Q

from usage.models.event import event_public_id
from usage.models.source import Source


class QuarantineReason(models.TextChoices):
    """Why an event waits."""

    UNKNOWN_CUSTOMER = "unknown_customer", "unknown customer or subject"
    UNKNOWN_EVENT_NAME = "unknown_event_name", "no meter has this event name"
    UNKNOWN_ACTION = "unknown_action", "no credits are known for its action"
    BAD_VALUE = "bad_value", "a value that its meter cannot read"


class QuarantinedEvent(models.Model):
    """An event kept whole with the reason why it is not billed; it can be replayed."""

    key = models.UUIDField(primary_key=True)
    source = models.ForeignKey(Source, models.PROTECT)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    event_name = models.TextField()
    idempotency_key = models.TextField()
    customer_reference = models.TextField()
    reason = models.CharField(max_length=40, choices=QuarantineReason.choices)
    detail = models.TextField()
    sent = models.TextField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    discarded_reason = models.TextField(
        blank=True, help_text="Why it was thrown away; empty where it was not."
    )

    class Meta:
        ordering = ["-received_at", "key"]
        indexes = [
            models.Index(
                fields=["reason", "-received_at"],
                condition=Q(resolved_at=None),
                name="quarantine_waiting",
            ),
            # A replay's next chunk, and what waits for a cause.
            models.Index(
                fields=["source", "reason", "key"],
                condition=Q(resolved_at=None),
                name="quarantine_of_source",
            ),
            # How many came in each hour, whatever became of them since.
            models.Index(fields=["source", "reason", "received_at"], name="quarantine_by_hour"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(discarded_reason="") | Q(resolved_at__isnull=False),
                name="discarded_event_waits_no_more",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="quarantine_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="quarantined_event_unchanged",
                fields=[
                    "key",
                    "source",
                    "occurred_at",
                    "received_at",
                    "event_name",
                    "idempotency_key",
                ],
            ),
            pgtrigger.Trigger(
                name="quarantined_body_unchanged",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("sent", "customer_reference"),
                func="""
                    IF NOT usage_erases() THEN
                        RAISE EXCEPTION 'events do not change'
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        """Return the id that the event keeps when it is replayed."""
        return event_public_id(self.key)
