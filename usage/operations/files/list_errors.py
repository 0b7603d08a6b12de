"""Writing down what is wrong with rows."""

from collections.abc import Iterable, Sequence

from usage.files.read_row import RefusedRow, RowReader
from usage.intake.sent_event import Rejected, SentEvent
from usage.models import FileError, FileRun
from usage.operations.accepting.outcome import Outcome

MOST_LISTED = 100_000
"""Rows that cannot be used, in one run: a file with more of them is not what it was taken for."""

MOST_WAITING_LISTED = 10_000
"""Events in quarantine, in one run: they stand in the quarantine, each with its reason."""

_CONFLICT = "the key was sent before with another body; the stored event stays as it is"


def list_errors(
    run: FileRun,
    *,
    items: Sequence[SentEvent | Rejected],
    rows: Sequence[int],
    outcomes: Sequence[Outcome],
    reader: RowReader,
) -> None:
    """Store an entry for each item that was refused, is in conflict or waits."""
    waiting = run.quarantined
    entries: list[FileError] = []
    for item, row, outcome in zip(items, rows, outcomes, strict=True):
        if outcome.status in {"accepted", "duplicate"}:
            continue
        if outcome.status == "quarantined":
            waiting += 1
            if waiting > MOST_WAITING_LISTED:
                continue
        entries.extend(_entries(run, item, row, outcome, reader))
    FileError.objects.bulk_create(entries, batch_size=1000)
    run.listed += len(entries)


def _entries(
    run: FileRun, item: SentEvent | Rejected, row: int, outcome: Outcome, reader: RowReader
) -> Iterable[FileError]:
    key = (outcome.idempotency_key or _key(item))[:255]
    if outcome.status != "rejected":
        is_conflict = outcome.status == "conflict"
        column = "" if is_conflict else reader.column_of("/customer_id")
        yield FileError(
            run=run,
            row=row,
            column=column if outcome.reason == "unknown_customer" else "",
            status=outcome.status,
            code="conflict" if is_conflict else outcome.reason,
            reason=_CONFLICT if is_conflict else outcome.detail,
            idempotency_key=key,
        )
        return
    refused = item if isinstance(item, RefusedRow) else None
    if refused is not None and not run.file.source.keeps_all:
        # A cell may hold what its source does not keep.
        refused = refused.without_cell()
    for fault in refused.faults if refused else outcome.faults:
        column = ((refused and refused.column) or reader.column_of(fault.pointer))[:250]
        # Whoever wrote the file knows its columns; only what no column says needs its place.
        is_placed = bool(column) or not fault.pointer
        yield FileError(
            run=run,
            row=row,
            column=column,
            status="rejected",
            code=fault.code[:40],
            reason=fault.detail if is_placed else f"{fault.pointer}: {fault.detail}",
            excerpt=(refused.excerpt if refused else "")[:500],
            idempotency_key=key,
        )


def _key(item: SentEvent | Rejected) -> str:
    return (item.idempotency_key or "") if isinstance(item, SentEvent) else ""
