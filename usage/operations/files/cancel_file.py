"""Stopping a check or an import."""

from datetime import datetime

from django.db import transaction

from usage.models import FileState, RunKind, UsageFile
from usage.operations.files.map_file import NotNow


@transaction.atomic
def cancel_file(*, file: UsageFile, now: datetime) -> UsageFile:
    """
    Stop the work at a file behind the rows that are committed; what is stored stays.

    A check leaves the file as it was before. An import can be taken up again where it stopped.

    :raises NotNow: nobody works at it.
    """
    # Waits for the chunk that a worker has in hand; the next one finds the new state.
    file = UsageFile.objects.select_for_update().get(pk=file.pk)
    if file.state == FileState.CHECKING:
        file.runs.filter(kind=RunKind.CHECK).delete()
        file.state = FileState.MAPPED
    elif file.state == FileState.IMPORTING:
        file.runs.filter(kind=RunKind.IMPORT).update(ended_at=now)
        file.state = FileState.CANCELLED
    else:
        raise NotNow(f"the file is {file.get_state_display()}: there is nothing to stop")
    file.save(update_fields=["state"])
    return file
