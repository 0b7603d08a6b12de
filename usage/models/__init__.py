"""Meters, sources, events and what became of them."""

from usage.models.arrival import UsageArrival
from usage.models.event import DimensionSet, Event, EventKey, Reading, event_key, event_public_id
from usage.models.meter import Meter
from usage.models.quarantine import QuarantinedEvent, QuarantineReason
from usage.models.source import Source
from usage.models.verdict import RatingVerdict, Verdict

__all__ = [
    "DimensionSet",
    "Event",
    "EventKey",
    "Meter",
    "QuarantineReason",
    "QuarantinedEvent",
    "RatingVerdict",
    "Reading",
    "Source",
    "UsageArrival",
    "Verdict",
    "event_key",
    "event_public_id",
]
