"""Staff pages over the whole installation: what changed, what failed, who looked, what is kept."""

from billing_portal.admin import changes, periodic_task, saved_filter, task_failure

__all__ = ["changes", "periodic_task", "saved_filter", "task_failure"]
