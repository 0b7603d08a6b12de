"""Usage of the past that is sent anew: staged, looked at, and taken over as a whole."""

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import NullIf

from accounts.models import ApiKey, Customer
from accounts.models.identity import Identified
from accounts.models.subject import ValidRange
from usage.models.source import Source


class BackfillState(models.TextChoices):
    """How far a backfill is."""

    OPEN = "open", "open: events are staged"
    CLOSING = "closing", "closing: events are taken over"
    CLOSED = "closed", "closed"
    DISCARDED = "discarded", "discarded"
    UNDOING = "undoing", "undoing: what was is put back"
    UNDONE = "undone", "undone"


def _these_or_all(expression: F | Func) -> Func:
    """Return the range of one number, which for NULL is that of all numbers."""
    return Func(expression, expression, Value("[]"), function="int8range")


@pghistory.track(fields=["state"], model_name="BackfillChange")
class Backfill(Identified):
    """
    Events of a source in `[starts_at, ends_at)`, of one customer and event name or of all.

    Nothing of it counts before it is closed. With `replaces_existing` it then is all there was:
    other events of its time and filter become void. The counts and `last_…` tell how far
    closing or undoing is; they are committed with what they tell of.
    """

    id_prefix = "bkf"

    source = models.ForeignKey(Source, models.PROTECT, related_name="backfills")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Empty: of all customers.",
    )  # fmt: skip
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    event_name = models.CharField(max_length=255, blank=True, help_text="Empty: of every name.")
    replaces_existing = models.BooleanField(
        default=False, help_text="Other events of its time and filter become void."
    )
    reason = models.TextField()
    state = models.CharField(
        max_length=10, choices=BackfillState.choices, default=BackfillState.OPEN
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_with = models.ForeignKey(ApiKey, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(help_text="When its state changed last.")
    staged = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(
        default=0, help_text="Sent to it and not staged: rejected, or another body of a staged one."
    )
    accepted = models.PositiveBigIntegerField(default=0)
    replaced = models.PositiveBigIntegerField(default=0)
    duplicates = models.PositiveBigIntegerField(default=0)
    conflicts = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    voided = models.PositiveBigIntegerField(default=0)
    put_back = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)
    last_key = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="backfill_covers_some_time",
                violation_error_message="A backfill ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BackfillState.values), name="backfill_state_known"
            ),
            # Ranges of one number, as an extension would be needed for the numbers themselves.
            ExclusionConstraint(
                name="backfill_open_once",
                expressions=[
                    (_these_or_all(F("source")), "&&"),
                    (_these_or_all(F("customer")), "&&"),
                    (
                        _these_or_all(
                            Func(
                                NullIf(F("event_name"), Value("")),
                                Value(0),
                                function="hashtextextended",
                            )
                        ),
                        "&&",
                    ),
                    (ValidRange(F("starts_at"), F("ends_at")), "&&"),
                ],
                condition=Q(state__in=[BackfillState.OPEN, BackfillState.CLOSING]),
                violation_error_message="Another backfill of this source is open for a part of "
                "that time and filter.",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def makes_void_what_was_refused(self) -> bool:
        """Return whether events become void whose better version was sent, and refused."""
        return self.replaces_existing and self.refused > 0

    @property
    def void_reason(self) -> str:
        """Return why events are void that this backfill replaces or takes back."""
        return f"backfill {self.public_id}: {self.reason}"

    @property
    def undone_reason(self) -> str:
        """Return why events are void that it added, once it is undone."""
        return f"undone: {self.void_reason}"

    @classmethod
    def has_voided(cls, *, reason: str) -> bool:
        """Return whether this is the reason of a void that a backfill or its undoing made."""
        named = reason.removeprefix("undone: ").removeprefix("backfill ").partition(":")[0]
        found = cls.with_public_id(named)
        return found is not None and reason in (found.void_reason, found.undone_reason)

    @property
    def taken(self) -> int:
        """Return how many of the staged events were dealt with."""
        told = self.accepted + self.replaced + self.duplicates
        return told + self.conflicts + self.quarantined + self.rejected


class StagedEvent(models.Model):
    """
    An event of a backfill, once for each idempotency key.

    `outcome` is empty until closing took it; `stored_key` is then the key of the event that it
    became, of a duplicate the one that stood already.
    """

    backfill = models.ForeignKey(Backfill, models.CASCADE, related_name="events")
    key = models.UUIDField()
    fingerprint = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    idempotency_key = models.TextField()
    sent = models.TextField()
    outcome = models.CharField(max_length=12, blank=True)
    detail = models.TextField(blank=True)
    stored_key = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "usage_staged_event"
        ordering = ["backfill", "key"]
        constraints = [
            models.UniqueConstraint(fields=["backfill", "key"], name="staged_once"),
        ]
        indexes = [
            models.Index(fields=["backfill", "stored_key"], name="staged_by_stored_key"),
        ]

    def __str__(self) -> str:
        return self.idempotency_key


class BackfillVoid(models.Model):
    """An event that a backfill made void because it is not among its own."""

    backfill = models.ForeignKey(Backfill, models.PROTECT, related_name="voids")
    key = models.UUIDField()

    class Meta:
        db_table = "usage_backfill_void"
        ordering = ["backfill", "key"]
        constraints = [
            models.UniqueConstraint(fields=["backfill", "key"], name="backfill_void_once")
        ]

    def __str__(self) -> str:
        return str(self.key)
