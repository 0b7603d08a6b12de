"""Names of previewed events that no meter counts, told before a file is checked."""

from collections.abc import Sequence

from usage.documents.files.preview_rows import ShownEvent
from usage.models import Source
from usage.queries.counted_names import counted_names

_MOST_NAMES = 12


def uncounted_sentence(events: Sequence[ShownEvent], *, source: Source) -> str:
    """Return which names nobody counts and which somebody does, empty where all are counted."""
    named = {event.event_name for event in events if event.event_name}
    counted = counted_names(source=source) if named else []
    unknown = sorted(named.difference(counted))
    if not unknown:
        return ""
    said = f"No meter counts events named {_quoted(unknown)}: they would wait in quarantine."
    return f"{said} Names that are counted: {_quoted(counted)}." if counted else said


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:_MOST_NAMES])
    return f"{shown} and others" if len(names) > _MOST_NAMES else shown
