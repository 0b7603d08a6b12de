"""Telling a worker that a file waits; the work itself waits in the database."""

from celery import current_app
from django.db import transaction

from usage.models import FileState, UsageFile

_TASKS = {
    FileState.CHECKING.value: "usage.check_file",
    FileState.IMPORTING.value: "usage.import_file",
}


def wake_worker(*, file: UsageFile) -> None:
    """
    Send the task of a file's state once the transaction is over.

    Without a broker nothing is lost: the schedule finds files that wait.
    """
    task = _TASKS.get(file.state)
    if task is None:
        return
    file_id = file.pk
    transaction.on_commit(lambda: current_app.send_task(task, [file_id]), robust=True)
