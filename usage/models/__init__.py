"""Meters, sources, events and what became of them."""

from usage.models.alarm import AlarmKind, UsageAlarm
from usage.models.archive import ArchivedDay, ArchiveState, UsageArchive
from usage.models.arrival import UsageArrival
from usage.models.backfill import Backfill, BackfillState, BackfillVoid, StagedEvent
from usage.models.column_mapping import ColumnMapping
from usage.models.erasure import Erasure
from usage.models.event import DimensionSet, Event, EventKey, Reading, event_key, event_public_id
from usage.models.event_void import EventVoid
from usage.models.key_limit import KeyAllowance, KeyLimit
from usage.models.meter import Meter
from usage.models.quarantine import QuarantinedEvent, QuarantineReason
from usage.models.receipt import Channel, UsageReceipt
from usage.models.replay_job import ReplayJob
from usage.models.source import Source
from usage.models.source_day import EventState, SourceDay
from usage.models.source_metrics import SourceLag, SourceMinute, SourceTotal
from usage.models.subject_move import SubjectMove
from usage.models.usage_file import (
    FileError,
    FileRun,
    FileState,
    MappingOrigin,
    RunKind,
    UsageFile,
)
from usage.models.verdict import RatingVerdict, Verdict

__all__ = [
    "AlarmKind",
    "ArchiveState",
    "ArchivedDay",
    "Backfill",
    "BackfillState",
    "BackfillVoid",
    "Channel",
    "ColumnMapping",
    "DimensionSet",
    "Erasure",
    "Event",
    "EventKey",
    "EventState",
    "EventVoid",
    "FileError",
    "FileRun",
    "FileState",
    "KeyAllowance",
    "KeyLimit",
    "MappingOrigin",
    "Meter",
    "QuarantineReason",
    "QuarantinedEvent",
    "RatingVerdict",
    "Reading",
    "ReplayJob",
    "RunKind",
    "Source",
    "SourceDay",
    "SourceLag",
    "SourceMinute",
    "SourceTotal",
    "StagedEvent",
    "SubjectMove",
    "UsageAlarm",
    "UsageArchive",
    "UsageArrival",
    "UsageFile",
    "UsageReceipt",
    "Verdict",
    "event_key",
    "event_public_id",
]
