"""Deleting the bytes of a file; that it was there and what it came to is kept."""

from datetime import datetime

from django.db import transaction

from usage.models import FileError, UsageFile
from usage.operations.files.map_file import NotNow
from usage.store.kept_files import forget_file
from values.failpoints import reached


@transaction.atomic
def forget_usage_file(*, file: UsageFile, now: datetime) -> UsageFile:
    """
    Delete a file's bytes and the list of its errors, which shows values of rows; counts stay.

    One that is forgotten already stays so. If the bytes cannot be deleted now, the schedule does
    it later: no row names them any more.

    :raises NotNow: a worker has it, or will.
    """
    file = UsageFile.objects.select_for_update().get(pk=file.pk)
    refused = why_not_forgotten(file=file)
    if refused and not file.is_forgotten:
        raise NotNow(refused)
    if not file.is_forgotten:
        file.forgotten_at = now
        file.save(update_fields=["forgotten_at"])
        FileError.objects.filter(run__file=file).delete()
    stored_as = file.stored_as
    transaction.on_commit(lambda: _delete(stored_as), robust=True)
    return file


def why_not_forgotten(*, file: UsageFile) -> str:
    """Return why a file's bytes cannot be deleted now, empty where they can."""
    if file.is_forgotten:
        return "its bytes are deleted"
    if file.is_at_work:
        return f"the file is {file.get_state_display()}: stop it first"
    return ""


def _delete(stored_as: str) -> None:
    reached("forget_file.told")
    forget_file(stored_as)
