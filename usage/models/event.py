"""
The rows of the usage store, for reading.

Keys are a table, events and readings two views of the partitioned one in which each event has a
row for every meter that counts it; all is made by SQL (see the migrations), and `usage.store`
writes it. None of it changes ever: triggers refuse it.
"""

from uuid import UUID

from django.db import models

from accounts.models import Customer
from usage.models.meter import Meter
from usage.models.source import Source
from values.identifiers import parse_public_id, public_id

EVENT_PREFIX = "evt"


class EventKey(models.Model):
    """That a key of a source is taken, by what, and when that happened."""

    key = models.UUIDField(primary_key=True)
    fingerprint = models.BigIntegerField()
    occurred_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "usage_key"

    def __str__(self) -> str:
        return event_public_id(self.key)


class DimensionSet(models.Model):
    """A combination of values of a meter's group keys, stored once."""

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="dimension_sets")
    values = models.JSONField()
    digest = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meter", "digest"], name="dimension_set_once")
        ]

    def __str__(self) -> str:
        return " / ".join(self.values.values()) or "–"


class Event(models.Model):
    """One accepted event, as it was sent."""

    key = models.UUIDField(primary_key=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.ForeignKey(Source, models.DO_NOTHING, db_constraint=False)
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False)
    event_name = models.TextField()
    idempotency_key = models.TextField()
    sent = models.TextField()

    class Meta:
        managed = False
        db_table = "usage_event"

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        """Return the id that API and pages show."""
        return event_public_id(self.key)


class Reading(models.Model):
    """What one meter counted of one event."""

    key = models.UUIDField(primary_key=True)
    occurred_at = models.DateTimeField()
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False)
    meter = models.ForeignKey(Meter, models.DO_NOTHING, db_constraint=False)
    dimensions = models.ForeignKey(DimensionSet, models.DO_NOTHING, db_constraint=False)
    quantity = models.DecimalField(max_digits=48, decimal_places=18)

    class Meta:
        managed = False
        db_table = "usage_reading"

    def __str__(self) -> str:
        return f"{self.quantity} of {event_public_id(self.key)}"


def event_public_id(key: UUID) -> str:
    """Return the public id of the event with this key."""
    return public_id(EVENT_PREFIX, key)


def event_key(text: str) -> UUID | None:
    """Return the key behind an event's public id, None if it is not one."""
    return parse_public_id(text, prefix=EVENT_PREFIX)
