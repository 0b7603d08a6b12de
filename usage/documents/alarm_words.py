"""What an alarm says, to staff and to the people of the partner."""

from dataclasses import dataclass
from datetime import UTC, datetime

from usage.models import AlarmKind, QuarantineReason, UsageAlarm


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """A title, what was found beside what is usual, and what to do."""

    title: str
    detail: str
    advice: str


def alarm_words(alarm: UsageAlarm) -> AlarmWords:
    """Return the words of an alarm, as things were when it opened; times are in UTC."""
    if alarm.kind == AlarmKind.SOURCE_SILENT:
        return AlarmWords(
            f"Nothing comes from {alarm.source}",
            f"The last event came at {_time(alarm.since)}. In the week before, the source was "
            f"never quiet for longer than {minutes_words(alarm.usual)}.",
            "Ask whether something is broken where the events are made or sent.",
        )
    return AlarmWords(
        f"The quarantine of {alarm.source} grows",
        f"{alarm.found:,} events that came from {_time(alarm.since)} to "
        f"{_time(alarm.opened_at)} wait: {QuarantineReason(alarm.reason).label}. "
        f"Usual are {alarm.usual:,} an hour.",
        "They are kept and not billed. Mend the cause, then replay them.",
    )


def minutes_words(minutes: int) -> str:
    """Return ``5 minutes``, ``3 hours`` or ``2 days``, rounded down to what is told."""
    for size, word in ((24 * 60, "day"), (60, "hour")):
        if minutes >= 2 * size:
            return f"{minutes // size} {word}s"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _time(instant: datetime) -> str:
    at = instant.astimezone(UTC)
    return f"{at:%b} {at.day}, {at:%H:%M} UTC"
