"""Storing the events of a file, chunk by chunk, each exactly once whatever ends the worker."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import transaction

from usage.intake.sent_event import SentEvent
from usage.metering.call_time import ANSWER_AT
from usage.models import Channel, RunKind
from usage.operations.accept_events import accept_events
from usage.operations.files.collector import collector_paused
from usage.operations.files.list_errors import MOST_LISTED, list_errors
from usage.operations.files.open_run import OpenRun, open_run
from usage.operations.files.read_chunk import Chunk, read_chunk
from usage.operations.files.run_state import Overtaken, count, fail, locked, succeed
from usage.operations.measure_event import FURTHEST_AHEAD
from usage.store.partitions import ensure_months
from values.failpoints import reached
from values.instants import BadInstant, parse_time

TOO_MANY_ERRORS = (
    f"more than {MOST_LISTED:,} rows cannot be used: this is not the file that its mapping is for"
)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class Import:
    """An import in the hands of this worker."""

    def __init__(self, opened: OpenRun) -> None:
        self._opened = opened

    def next_chunk(self, *, now: datetime) -> bool:
        """
        Store the next events and return whether there is more to do.

        Events, receipt, errors and the row behind which reading goes on are one transaction.
        """
        with collector_paused():
            return self._next_chunk(now)

    def _next_chunk(self, now: datetime) -> bool:
        try:
            chunk = read_chunk(self._opened.rows, self._opened.reader)
        except Overtaken:
            return False
        # Made before the transaction: it would hold up everybody who needs a new month.
        ensure_months(_instants(chunk, latest=now + FURTHEST_AHEAD))
        reached("file_import.read")
        try:
            with transaction.atomic():
                goes_on = self._store(chunk, now=now)
                reached("file_import.counted")
        except Overtaken:
            return False
        reached("file_import.committed")
        return goes_on

    def _store(self, chunk: Chunk, *, now: datetime) -> bool:
        run = locked(self._opened.run)
        reached("file_import.locked")
        if chunk.items:
            outcomes = accept_events(
                source=run.file.source, items=chunk.items, now=now, channel=Channel.FILE
            )
            reached("file_import.accepted")
            list_errors(
                run,
                items=chunk.items,
                rows=chunk.rows,
                outcomes=outcomes,
                reader=self._opened.reader,
            )
            count(run, Counter([outcome.status for outcome in outcomes]))
        reached("file_import.listed")
        run.rows += chunk.read
        run.left_out += chunk.left_out
        run.last_row = max(run.last_row, chunk.last_row)
        run.read_bytes = self._opened.read_bytes()
        run.moved_at, run.starts = now, 0
        return not _ended(self._opened, chunk, now=now)


@contextmanager
def importing(*, file_id: int, now: datetime) -> Iterator[Import | None]:
    """Yield the import of this file, None where none waits or another worker has it."""
    with open_run(file_id=file_id, kind=RunKind.IMPORT, now=now) as opened:
        yield None if opened is None else Import(opened)


def _ended(opened: OpenRun, chunk: Chunk, *, now: datetime) -> bool:
    """Write down how far the run is, and return whether that is its end."""
    run = opened.run
    if run.rejected + run.conflicts > MOST_LISTED:
        fail(run, code="too_many_errors", reason=TOO_MANY_ERRORS, row=run.last_row, now=now)
        return True
    if chunk.failure is not None:
        failure = chunk.failure
        fail(run, code=failure.code, reason=failure.reason, row=failure.row, now=now)
        return True
    if chunk.is_last:
        run.read_bytes = run.file.size_bytes
        succeed(run, now=now)
        return True
    run.save()
    return False


def _instants(chunk: Chunk, *, latest: datetime) -> set[datetime]:
    """Return the first instants of the months in which these events may count."""
    events = [item for item in chunk.items if isinstance(item, SentEvent)]
    months = {(at.year, at.month) for event in events if (at := event.occurred_at) is not None}
    months |= _months_of_answers(events)
    instants = {datetime(year, month, 1, tzinfo=UTC) for year, month in months}
    return {instant for instant in instants if _EARLIEST <= instant <= latest}


def _months_of_answers(events: Sequence[SentEvent]) -> set[tuple[int, int]]:
    """Return the months of the answers of calls: in these they count."""
    months: set[tuple[int, int]] = set()
    known: set[str] = set()
    for event in events:
        answer = event.properties.get(ANSWER_AT)
        # In UTC the first letters are the month: of thousands of calls one is looked at.
        if not isinstance(answer, str) or (answer[-1:] == "Z" and answer[:7] in known):
            continue
        try:
            at = parse_time(answer)
        except BadInstant:
            continue
        months.add((at.year, at.month))
        if answer[-1:] == "Z":
            known.add(answer[:7])
    return months
