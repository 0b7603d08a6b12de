"""Files of a partner, or of all; their runs and errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import ApiKey
from usage.models import FileError, FileRun, RunKind, Source, UsageFile


@dataclass(frozen=True, slots=True)
class FileRuns:
    """The check and the import of a file, as far as there are any."""

    check: FileRun | None
    stored: FileRun | None

    def latest(self) -> FileRun | None:
        """Return the import where it was asked for, else the check."""
        return self.stored or self.check


def files_of_key(*, key: ApiKey) -> QuerySet[UsageFile]:
    """Return the files of the key's partner and mode, the newest first."""
    return UsageFile.objects.filter(source__partner=key.partner_id, source__mode=key.mode).order_by(
        "-uid"
    )


def files_of_source(*, source: Source) -> QuerySet[UsageFile]:
    """Return the files of a source, the newest first."""
    return UsageFile.objects.filter(source=source).order_by("-uid")


def page_of_files(
    *, files: QuerySet[UsageFile], after: UUID | None, limit: int
) -> Sequence[UsageFile]:
    """Return so many files behind this one."""
    found = files.filter(uid__lt=after) if after else files
    return list(found.prefetch_related("runs").select_related("source")[:limit])


def runs_of(*, file: UsageFile) -> FileRuns:
    """Return the runs of a file; prefetched ones cost no query."""
    by_kind = {run.kind: run for run in file.runs.all()}
    return FileRuns(by_kind.get(RunKind.CHECK), by_kind.get(RunKind.IMPORT))


def errors_of(
    *, run: FileRun, after: tuple[int, int] | None = None, limit: int
) -> Sequence[FileError]:
    """Return so many errors in the order of rows, behind this row and key."""
    found = FileError.objects.filter(run=run)
    if after is not None:
        row, pk = after
        found = found.filter(Q(row__gt=row) | Q(row=row, pk__gt=pk))
    return list(found.order_by("row", "pk")[:limit])


def every_error(*, run: FileRun) -> Iterator[FileError]:
    """Yield all errors in the order of rows; memory does not grow with their number."""
    after = None
    while True:
        page = errors_of(run=run, after=after, limit=1000)
        yield from page
        if len(page) < 1000:
            return
        after = page[-1].row, page[-1].pk
