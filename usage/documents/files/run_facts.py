"""A check or import in numbers and words."""

from dataclasses import dataclass

from usage.models import FileRun, RunKind, UsageFile

_COUNTED = (
    ("accepted", "Accepted", "stored"),
    ("duplicates", "Duplicates", "known before, the same; nothing changes"),
    ("conflicts", "Conflicts", "their key was sent before with another body"),
    ("quarantined", "Quarantined", "wait until their customer or meter is known"),
    ("rejected", "Rejected", "cannot be used"),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many events had one fate."""

    name: str
    label: str
    meaning: str
    number: int


@dataclass(frozen=True, slots=True)
class RunFacts:
    """
    What a run has come to.

    `percent` is of the rows where a check has counted them, else of the bytes; None before the
    first rows. `failure` says why it stopped, and where.
    """

    kind: str
    is_running: bool
    percent: int | None
    rows: int
    left_out: int
    events: int
    counts: tuple[Counted, ...]
    errors: int
    failure: str


def run_facts(*, file: UsageFile, run: FileRun, check: FileRun | None = None) -> RunFacts:
    """Return the facts of a run; `check` is that of the same file, which may know all rows."""
    return RunFacts(
        kind=run.kind,
        is_running=file.is_at_work and run.ended_at is None,
        percent=_percent(file, run, check),
        rows=run.rows,
        left_out=run.left_out,
        events=run.events,
        counts=tuple(
            Counted(name, label, _meaning(run, name, meaning), getattr(run, name))
            for name, label, meaning in _COUNTED
        ),
        errors=run.listed,
        failure=failure_words(run),
    )


def _meaning(run: FileRun, name: str, meaning: str) -> str:
    is_asked = name == "accepted" and run.kind == RunKind.CHECK
    return "would be stored" if is_asked else meaning


def failure_words(run: FileRun) -> str:
    """Return why a run stopped, and at which row; empty where it did not."""
    if not run.failure:
        return ""
    sentence = f"{run.failure[0].upper()}{run.failure[1:]}."
    return f"Row {run.failure_row}: {sentence}" if run.failure_row else sentence


def _percent(file: UsageFile, run: FileRun, check: FileRun | None) -> int | None:
    if run.ended_at is not None and not run.failure and not file.is_at_work:
        return 100 if file.state in {"checked", "done"} else _part(run.read_bytes, file.size_bytes)
    if run.kind == RunKind.IMPORT and check is not None and check.ended_at and not check.failure:
        return _part(run.rows, check.rows)
    return _part(run.read_bytes, file.size_bytes) if run.rows else None


def _part(part: int, whole: int) -> int:
    return min(99, part * 100 // whole) if whole else 0
