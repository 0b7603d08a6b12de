"""Celery tells how each task ended; what failed is kept for staff until it succeeds."""

from typing import Any

import structlog
from celery.signals import task_failure, task_success
from django.db import transaction
from django.utils import timezone

from billing_portal.operations.record_task_failure import record_task_failure
from billing_portal.operations.settle_task_failure import settle_task_failure
from billing_portal.task_words import told_arguments, told_error

log = structlog.get_logger()


# A retry that is still to come has a signal of its own: this one is the end.
@task_failure.connect(dispatch_uid="billing_portal.failed")
def failed(
    sender: Any = None,
    exception: Any = None,
    args: Any = (),
    kwargs: Any = None,
    traceback: Any = None,
    **_: Any,
) -> None:
    """Keep that a task failed."""
    try:
        with transaction.atomic():
            record_task_failure(
                task=_name(sender),
                arguments=told_arguments(args, kwargs),
                error=told_error(exception, traceback or getattr(exception, "__traceback__", None)),
                now=timezone.now(),
            )
    except Exception:
        # Without a database there is no list; the task's own error is in the log already.
        log.exception("task_failure_not_recorded", task=_name(sender))


@task_success.connect(dispatch_uid="billing_portal.succeeded")
def succeeded(sender: Any = None, **_: Any) -> None:
    """Take an earlier failure of the same work off the list."""
    try:
        request = sender.request
        with transaction.atomic():
            settle_task_failure(
                task=_name(sender),
                arguments=told_arguments(request.args, request.kwargs),
                now=timezone.now(),
            )
    except Exception:
        log.exception("task_failure_not_settled", task=_name(sender))


def _name(sender: Any) -> str:
    return str(getattr(sender, "name", sender))
