"""Beginning, moving on and ending the run of a file; each inside the caller's transaction."""

from collections import Counter
from datetime import datetime

from django.db import transaction

from usage.models import FileRun, FileState, RunKind, UsageFile

MOST_STARTS = 5
_AT_WORK = {RunKind.CHECK: FileState.CHECKING, RunKind.IMPORT: FileState.IMPORTING}
_COUNTERS = {
    "accepted": "accepted",
    "duplicate": "duplicates",
    "conflict": "conflicts",
    "quarantined": "quarantined",
    "rejected": "rejected",
}
_OFTEN = f"reading ended here {MOST_STARTS} times without getting on; ask us to look into it"


class Overtaken(Exception):
    """The file was cancelled, or another worker went on with it."""


@transaction.atomic
def begin(*, file_id: int, kind: RunKind, now: datetime) -> FileRun | None:
    """
    Return the run that waits for a worker, with its file and source; None where none does.

    One at whose place workers ended again and again is stopped, so that it takes no more down.
    """
    found = UsageFile.objects.select_for_update().filter(pk=file_id, state=_AT_WORK[kind])
    if not found.exists():
        return None
    run = FileRun.objects.select_related("file__source__partner").get(file=file_id, kind=kind)
    if run.starts >= MOST_STARTS:
        fail(run, code="stopped_often", reason=_OFTEN, row=run.last_row + 1, now=now)
        return None
    run.starts += 1
    if kind is RunKind.CHECK:
        _begin_anew(run)
    run.save()
    return run


def locked(run: FileRun) -> FileRun:
    """
    Return the run anew, its file locked until the transaction ends.

    :raises Overtaken: nobody wants it any more, or it is not where this worker left it.
    """
    file = UsageFile.objects.select_for_update().filter(pk=run.file_id).first()
    now_there = FileRun.objects.filter(pk=run.pk).first()
    if (
        file is None
        or now_there is None
        or file.state != _AT_WORK[RunKind(run.kind)]
        or now_there.last_row != run.last_row
    ):
        raise Overtaken
    return run


def note_progress(run: FileRun, *, read_bytes: int) -> None:
    """
    Write down how far the file has been read, while no row is found that would say so.

    :raises Overtaken: nobody wants the run any more, or it is not where this worker left it.
    """
    run.read_bytes = max(run.read_bytes, read_bytes)
    mine = FileRun.objects.filter(
        pk=run.pk, last_row=run.last_row, file__state=_AT_WORK[RunKind(run.kind)]
    )
    if not mine.update(read_bytes=run.read_bytes):
        raise Overtaken


def count(run: FileRun, statuses: Counter[str]) -> None:
    """Add what became of events."""
    for status, field in _COUNTERS.items():
        setattr(run, field, getattr(run, field) + statuses[status])


def succeed(run: FileRun, *, now: datetime) -> None:
    """End a run that has read all rows."""
    run.ended_at = now
    run.save()
    _set_state(run, FileState.CHECKED if run.kind == RunKind.CHECK else FileState.DONE)


def fail(run: FileRun, *, code: str, reason: str, row: int, now: datetime) -> None:
    """End a run that cannot go on; what it has done stays."""
    run.ended_at = now
    run.failure_code, run.failure, run.failure_row = code, reason, row
    run.save()
    _set_state(run, FileState.FAILED)


def _begin_anew(run: FileRun) -> None:
    """Forget what a check found whose worker ended: it has nothing to lose."""
    run.errors.all().delete()
    for field in (*_COUNTERS.values(), "rows", "left_out", "last_row", "read_bytes", "listed"):
        setattr(run, field, 0)


def _set_state(run: FileRun, state: FileState) -> None:
    UsageFile.objects.filter(pk=run.file_id).update(state=state)
