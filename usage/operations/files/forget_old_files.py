"""Keeping no file for longer than it is needed, and no bytes that belong to none."""

from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings

from usage.operations.files.forget_usage_file import forget_usage_file
from usage.operations.files.map_file import NotNow
from usage.queries.files.kept import files_without_work_since, names_in_use
from usage.store.kept_files import forget_file, kept_before

AT_ONCE = 500
# An upload is named by its row within minutes of its last byte; younger ones are left alone.
NAMED_WITHIN = timedelta(days=1)


def forget_old_files(*, now: datetime) -> int:
    """
    Delete the bytes of files at which nothing was done for `USAGE_FILE_DAYS`; return how many.

    Each by itself, at most some hundred: the schedule comes again.
    """
    before = now - timedelta(days=settings.USAGE_FILE_DAYS)
    forgotten = 0
    for file in files_without_work_since(before=before, limit=AT_ONCE):
        try:
            forget_usage_file(file=file, now=now)
        except NotNow:
            continue  # somebody took it up at this moment
        forgotten += 1
    return forgotten


def sweep_kept_files(*, now: datetime) -> int:
    """
    Delete bytes in the storage that no file names, and return how many files that were.

    An upload that was cut off between its bytes and its row leaves such, and a file whose row
    was told that they go. What is younger than a day may be an upload that still runs.
    """
    found = kept_before(now - NAMED_WITHIN)
    swept = 0
    while names := list(islice(found, AT_ONCE)):
        in_use = names_in_use(names=names)
        for name in names:
            if name not in in_use:
                forget_file(name)
                swept += 1
    return swept
