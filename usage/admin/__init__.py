"""Staff pages of meters, events, quarantine and verdicts."""

from usage.admin import event, meter, quarantine, verdict

__all__ = ["event", "meter", "quarantine", "verdict"]
