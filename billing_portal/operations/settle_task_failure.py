"""Failed background work that needs nobody any more."""

from datetime import datetime

from billing_portal.models import TaskFailure


class AlreadySettled(ValueError):
    """The failure is off the list: the work succeeded, or somebody dealt with it."""


def settle_task_failure(*, task: str, arguments: str, now: datetime) -> None:
    """Take the open failure of this work off the list, if there is one: it succeeded."""
    TaskFailure.objects.filter(task=task, arguments=arguments, settled_at=None).update(
        settled_at=now
    )


def deal_with_task_failure(*, failure: TaskFailure, now: datetime) -> None:
    """
    Take a failure off the list because somebody says so.

    :raises AlreadySettled:
    """
    if not TaskFailure.objects.filter(pk=failure.pk, settled_at=None).update(settled_at=now):
        raise AlreadySettled("this is settled already")
