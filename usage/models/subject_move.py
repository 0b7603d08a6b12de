"""Moving the usage of a number, agent or location to whoever holds it now."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.identity import Identified
from values.calendar import day_text

MOST_COUNTED = 10_000
"""Events that are counted before they move; one more stands for any number beyond."""


def counted_words(events: int) -> str:
    """Return a count of events to move as people read it."""
    return f"more than {MOST_COUNTED:,}" if events > MOST_COUNTED else f"{events:,}"


class SubjectMove(Identified):
    """
    A request to let the events that name a subject, in `[starts_at, ends_at)`, follow its holder.

    `last_at` and `last_key` are how far it is: events are looked at in order, a chunk in each
    transaction together with these counts, so that it goes on where it was.
    """

    id_prefix = "mov"

    identifier = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    events = models.PositiveBigIntegerField(
        help_text="How many were to move when it was asked; 10,001 stands for any number beyond."
    )
    moved = models.PositiveBigIntegerField(default=0)
    left_waiting = models.PositiveBigIntegerField(
        default=0, help_text="How many nobody holds now, so that they wait in quarantine."
    )
    refused = models.PositiveBigIntegerField(
        default=0, help_text="How many no meter of their new holder can read; they stay."
    )
    last_at = models.DateTimeField(null=True, blank=True)
    last_key = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "usage_subject_move"
        ordering = ["-requested_at", "-pk"]
        verbose_name = "move of a subject"
        verbose_name_plural = "moves of subjects"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="subject_move_covers_some_time"
            )
        ]
        # Whoever issues an invoice looks for those that are under way, among all there ever were.
        indexes = [
            models.Index(
                fields=["identifier"],
                condition=Q(finished_at=None),
                name="subject_move_unfinished",
            )
        ]

    def __str__(self) -> str:
        at = self.requested_at
        return f"{self.identifier}, {day_text(at)} {at:%H:%M} UTC"

    @property
    def done(self) -> int:
        """Return how many events were dealt with."""
        return self.moved + self.left_waiting + self.refused
