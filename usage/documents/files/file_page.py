"""All that a file's page shows, for staff and for partners."""

from collections.abc import Sequence
from dataclasses import dataclass

from usage.documents.files.run_facts import RunFacts, run_facts
from usage.files.mapping import FileMapping
from usage.files.mapping_format import read_mapping
from usage.models import FileError, FileState, MappingOrigin, UsageFile
from usage.queries.files.found_files import errors_of, runs_of

SHOWN_ERRORS = 100

FORGOTTEN = (
    "Its bytes and the list of its errors are deleted; what it came to stays. To do more with it, "
    "upload it again."
)

TONES = {
    FileState.UPLOADED.value: "waiting",
    FileState.MAPPED.value: "plain",
    FileState.CHECKING.value: "waiting",
    FileState.CHECKED.value: "plain",
    FileState.IMPORTING.value: "waiting",
    FileState.DONE.value: "good",
    FileState.CANCELLED.value: "bad",
    FileState.FAILED.value: "bad",
}


@dataclass(frozen=True, slots=True)
class FilePage:
    """
    A file, its runs in the order in which they were done, and the errors of the latest.

    `next_step` is what somebody may do now, in words; empty while a worker has the file.
    """

    file: UsageFile
    runs: tuple[RunFacts, ...]
    errors: Sequence[FileError]
    more_errors: int
    next_step: str

    @property
    def is_live(self) -> bool:
        """Return whether the page changes by itself."""
        return self.file.is_at_work


def file_page(*, file: UsageFile) -> FilePage:
    """Return the page of a file, in a constant number of queries."""
    runs = runs_of(file=file)
    facts = [run_facts(file=file, run=run) for run in (runs.check,) if run]
    if runs.stored:
        facts.append(run_facts(file=file, run=runs.stored, check=runs.check))
    latest = runs.latest()
    errors = errors_of(run=latest, limit=SHOWN_ERRORS) if latest and latest.listed else []
    return FilePage(
        file=file,
        runs=tuple(facts),
        errors=errors,
        more_errors=(latest.listed - len(errors)) if latest and errors else 0,
        next_step=_next_step(file),
    )


def mapping_of(file: UsageFile) -> FileMapping | None:
    """Return the file's mapping, None where it has none."""
    return None if file.mapping is None else read_mapping(file.mapping)


def _next_step(file: UsageFile) -> str:
    if file.is_forgotten:
        return FORGOTTEN
    if file.mapping_origin == MappingOrigin.GUESSED and not file.is_at_work:
        return "Its mapping was only guessed: look at it and save it. Then it can be imported."
    return {
        FileState.UPLOADED.value: "Say what its columns mean.",
        FileState.MAPPED.value: "Check it: that counts what an import would do and stores nothing.",
        FileState.CHECKED.value: "Look at the counts, then import it.",
        FileState.DONE.value: "All of it is imported.",
        FileState.CANCELLED.value: "What is stored stays; the import can go on where it stopped.",
        FileState.FAILED.value: "The reason stands below.",
    }.get(file.state, "")
