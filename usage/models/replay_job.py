"""Replaying all events that wait for one cause, on request."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.identity import Identified
from usage.models.quarantine import QuarantineReason
from usage.models.source import Source


class ReplayJob(Identified):
    """
    A request to try again all events of a source that wait for one cause, or for one reason.

    Without `named` it is the reason, whatever its events name.
    `last_key` is how far it is: events are tried in the order of their keys, a chunk in each
    transaction together with these counts, so that it goes on where it was.
    """

    id_prefix = "rpl"

    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40, choices=QuarantineReason.choices)
    named = models.TextField(blank=True, help_text="Empty: whatever they name.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    events = models.PositiveBigIntegerField(help_text="How many waited when it was requested.")
    accepted = models.PositiveBigIntegerField(default=0)
    still_waiting = models.PositiveBigIntegerField(default=0)
    last_key = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at"]
        verbose_name = "replay"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "reason", "named"],
                condition=Q(finished_at=None),
                name="replay_of_a_cause_runs_once",
            )
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def tried(self) -> int:
        """Return how many events were tried."""
        return self.accepted + self.still_waiting
