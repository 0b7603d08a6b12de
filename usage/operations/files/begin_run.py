"""Asking for a check or an import; a worker does it, now or when there is one."""

from datetime import datetime

from django.db import transaction

from usage.files.mapping_format import read_mapping
from usage.models import FileRun, FileState, MappingOrigin, RunKind, UsageFile
from usage.operations.files.map_file import FORGOTTEN, NotNow
from values.problems import InvalidTerms

TOO_MANY_ERRORS_CODE = "too_many_errors"
GUESSED = (
    "its mapping was only guessed: look at what the first rows become, and save or send the mapping"
)
KEY_OF_WHOLE_ROW = (
    "its mapping makes keys of whole rows: choose a column or columns that make the key, because a "
    "key made of the whole row would give away what this source does not keep"
)
_CHECKED_FROM = frozenset({FileState.MAPPED, FileState.CHECKED, FileState.FAILED})
_IMPORTED_FROM = frozenset(
    {FileState.MAPPED, FileState.CHECKED, FileState.CANCELLED, FileState.FAILED}
)


@transaction.atomic
def start_check(*, file: UsageFile, now: datetime) -> UsageFile:
    """
    Have a file read and its events looked up, without storing any.

    :raises NotNow: it has no mapping, is at work, or its import has begun.
    """
    file = UsageFile.objects.select_for_update().get(pk=file.pk)
    refused = why_not_checked(file=file)
    if refused:
        raise NotNow(refused)
    file.runs.filter(kind=RunKind.CHECK).delete()
    FileRun.objects.create(file=file, kind=RunKind.CHECK, started_at=now)
    file.state = FileState.CHECKING
    file.save(update_fields=["state"])
    return file


@transaction.atomic
def start_import(*, file: UsageFile, now: datetime) -> UsageFile:
    """
    Have the events of a file stored; one that was cancelled or stopped goes on where it was.

    :raises NotNow: it has no mapping or one that nobody confirmed, is at work or done, a check
        found that it cannot be read, or its keys would give away what its source does not keep.
    """
    file = UsageFile.objects.select_for_update().get(pk=file.pk)
    refused = why_not_imported(file=file)
    if refused:
        raise NotNow(refused)
    run, _ = FileRun.objects.get_or_create(
        file=file, kind=RunKind.IMPORT, defaults={"started_at": now}
    )
    run.ended_at, run.starts = None, 0
    run.failure = run.failure_code = ""
    run.failure_row = None
    run.save()
    file.state = FileState.IMPORTING
    file.save(update_fields=["state"])
    return file


def why_not_checked(*, file: UsageFile) -> str:
    """Return why a file cannot be checked now, empty where it can; prefetched runs are used."""
    if file.is_forgotten:
        return FORGOTTEN
    if file.state not in _CHECKED_FROM or _import_of(file):
        return f"the file stands at “{file.get_state_display()}”: there is nothing to check"
    return ""


def why_not_imported(*, file: UsageFile) -> str:
    """
    Return why a file cannot be imported now, empty where it can; prefetched runs are used.

    Of a file whose keys are made of whole rows the source is asked, too.
    """
    if refused := _why_not_as_it_is(file):
        return refused
    return KEY_OF_WHOLE_ROW if tells_what_is_hidden(file=file) else ""


def is_import_offered(*, file: UsageFile) -> bool:
    """Return whether pages offer an import; one that is refused for its keys says why then."""
    return not _why_not_as_it_is(file)


def tells_what_is_hidden(*, file: UsageFile) -> bool:
    """Return whether the keys of a mapped file would give away what its source does not keep."""
    if file.source.keeps_all:
        return False
    try:
        return any(rule.key.of_content for rule in read_mapping(file.mapping).events)
    except InvalidTerms:
        return False  # nobody makes events by it; whoever reads the file says why


def _why_not_as_it_is(file: UsageFile) -> str:
    if file.state not in _IMPORTED_FROM or file.mapping is None:
        return f"the file stands at “{file.get_state_display()}”: there is nothing to import"
    if file.is_forgotten:
        return FORGOTTEN
    if file.mapping_origin == MappingOrigin.GUESSED:
        return GUESSED
    if file.state != FileState.FAILED:
        return ""
    stopped = _import_of(file)
    if stopped is None:
        return "the check found that the file cannot be read: mend it and upload it again"
    if stopped.failure_code == TOO_MANY_ERRORS_CODE:
        return "too many of its rows cannot be used: mend it and upload it again"
    return ""


def _import_of(file: UsageFile) -> FileRun | None:
    return next((run for run in file.runs.all() if run.kind == RunKind.IMPORT), None)
