"""What the installation itself keeps: failed background work, and filters that staff saved."""

from billing_portal.models.saved_filter import SavedFilter
from billing_portal.models.task_failure import TaskFailure

__all__ = ["SavedFilter", "TaskFailure"]
