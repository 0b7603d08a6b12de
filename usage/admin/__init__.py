"""Staff pages of meters, events, quarantine, verdicts and the balance of all."""

from usage.admin import (
    alarm,
    archive,
    event,
    key_limit,
    meter,
    metrics,
    quarantine,
    source_day,
    subject_move,
    verdict,
)
from usage.admin.files import usage_file

__all__ = [
    "alarm",
    "archive",
    "event",
    "key_limit",
    "meter",
    "metrics",
    "quarantine",
    "source_day",
    "subject_move",
    "usage_file",
    "verdict",
]
