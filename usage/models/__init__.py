"""Meters, sources, events and what became of them."""

from usage.models.arrival import UsageArrival
from usage.models.backfill import Backfill, BackfillState, BackfillVoid, StagedEvent
from usage.models.column_mapping import ColumnMapping
from usage.models.event import DimensionSet, Event, EventKey, Reading, event_key, event_public_id
from usage.models.event_void import EventVoid
from usage.models.key_limit import KeyAllowance, KeyLimit
from usage.models.meter import Meter
from usage.models.quarantine import QuarantinedEvent, QuarantineReason
from usage.models.receipt import Channel, UsageReceipt
from usage.models.replay_job import ReplayJob
from usage.models.source import Source
from usage.models.source_day import EventState, SourceDay
from usage.models.subject_move import SubjectMove
from usage.models.usage_file import FileError, FileRun, FileState, RunKind, UsageFile
from usage.models.verdict import RatingVerdict, Verdict

__all__ = [
    "Backfill",
    "BackfillState",
    "BackfillVoid",
    "Channel",
    "ColumnMapping",
    "DimensionSet",
    "Event",
    "EventKey",
    "EventState",
    "EventVoid",
    "FileError",
    "FileRun",
    "FileState",
    "KeyAllowance",
    "KeyLimit",
    "Meter",
    "QuarantineReason",
    "QuarantinedEvent",
    "RatingVerdict",
    "Reading",
    "ReplayJob",
    "RunKind",
    "Source",
    "SourceDay",
    "StagedEvent",
    "SubjectMove",
    "UsageArrival",
    "UsageFile",
    "UsageReceipt",
    "Verdict",
    "event_key",
    "event_public_id",
]
