"""Reading a file as an import would, and storing nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from usage.intake.sent_event import Rejected, SentEvent, event_key_of
from usage.models import RunKind, Source
from usage.operations.accept_events import prepare_events
from usage.operations.accepting.door import says_the_same
from usage.operations.accepting.outcome import Outcome, Prepared, Status
from usage.operations.files.collector import collector_paused
from usage.operations.files.import_file import TOO_MANY_ERRORS
from usage.operations.files.list_errors import MOST_LISTED, list_errors
from usage.operations.files.open_run import OpenRun, open_run
from usage.operations.files.read_chunk import Chunk, read_chunk
from usage.operations.files.run_state import Overtaken, count, fail, locked, succeed
from usage.store import store


class Check:
    """A check in the hands of this worker, which begins at the first row."""

    def __init__(self, opened: OpenRun) -> None:
        self._opened = opened
        self._earlier = _EarlierRows()

    def next_chunk(self, *, now: datetime) -> bool:
        """Look at the next events and return whether there is more to do."""
        with collector_paused():
            return self._next_chunk(now)

    def _next_chunk(self, now: datetime) -> bool:
        try:
            chunk = read_chunk(self._opened.rows, self._opened.reader)
            outcomes = self._outcomes(chunk, now=now)
            with transaction.atomic():
                return self._note(chunk, outcomes, now=now)
        except Overtaken:
            return False

    def forget(self) -> None:
        """Give back what was kept to tell rows that come twice."""
        self._earlier.forget()

    def _outcomes(self, chunk: Chunk, *, now: datetime) -> list[Outcome]:
        source = self._opened.run.file.source
        prepared = prepare_events(source=source, items=chunk.items, now=now)
        keys = [_key(source, item) for item in chunk.items]
        stored = store.fingerprints([key for key in keys if key is not None])
        first: dict[UUID, Prepared] = {}
        for key, made in zip(keys, prepared, strict=True):
            if key is not None and key not in stored and isinstance(made, Prepared):
                first.setdefault(key, made)
        earlier = self._earlier.add({key: made.sent.mark for key, made in first.items()})
        taken = {**earlier, **stored}
        return [
            _outcome(item, made, key, taken=taken, first=first)
            for item, made, key in zip(chunk.items, prepared, keys, strict=True)
        ]

    def _note(self, chunk: Chunk, outcomes: Sequence[Outcome], *, now: datetime) -> bool:
        run, reader = locked(self._opened.run), self._opened.reader
        list_errors(run, items=chunk.items, rows=chunk.rows, outcomes=outcomes, reader=reader)
        count(run, Counter([outcome.status for outcome in outcomes]))
        run.rows += chunk.read
        run.left_out += chunk.left_out
        run.last_row = max(run.last_row, chunk.last_row)
        run.read_bytes = self._opened.read_bytes()
        run.moved_at = now
        if run.rejected + run.conflicts > MOST_LISTED:
            fail(run, code="too_many_errors", reason=TOO_MANY_ERRORS, row=run.last_row, now=now)
        elif chunk.failure is not None:
            failure = chunk.failure
            fail(run, code=failure.code, reason=failure.reason, row=failure.row, now=now)
        elif chunk.is_last:
            succeed(run, now=now)
        else:
            run.save()
            return True
        return False


class _EarlierRows:
    """The keys of the rows before, kept by the database: they may be many millions."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.usage_checked_key")
            cursor.execute(
                "CREATE TEMPORARY TABLE usage_checked_key "
                "(key uuid PRIMARY KEY, fingerprint bigint NOT NULL)"
            )

    def add(self, marks: dict[UUID, int]) -> dict[UUID, int]:
        """Add keys with their fingerprints; return those of keys that earlier rows had."""
        if not marks:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key, fingerprint FROM pg_temp.usage_checked_key WHERE key = ANY(%s)",
                [list(marks)],
            )
            earlier = dict(cursor.fetchall())
            cursor.execute(
                "INSERT INTO pg_temp.usage_checked_key "
                "SELECT * FROM unnest(%s::uuid[], %s::int8[]) ON CONFLICT DO NOTHING",
                [list(marks), list(marks.values())],
            )
        return earlier

    def forget(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.usage_checked_key")


@contextmanager
def checking(*, file_id: int, now: datetime) -> Iterator[Check | None]:
    """
    Yield the check of this file, None where none waits or another worker has it.

    What an earlier worker had found is forgotten: a check has nothing to lose.
    """
    with open_run(file_id=file_id, kind=RunKind.CHECK, now=now) as opened:
        if opened is None:
            yield None
            return
        check = Check(opened)
        try:
            yield check
        finally:
            if connection.connection is not None and not connection.connection.closed:
                check.forget()


def _key(source: Source, item: SentEvent | Rejected) -> UUID | None:
    if isinstance(item, Rejected):
        return None
    return event_key_of(source.pk, item.idempotency_key or "")


def _outcome(
    item: SentEvent | Rejected,
    made: Prepared | Rejected,
    key: UUID | None,
    *,
    taken: Mapping[UUID, int],
    first: Mapping[UUID, Prepared],
) -> Outcome:
    """Return what an import would make of an item; `taken` are keys that others have already."""
    if isinstance(item, Rejected) or key is None:
        return Outcome("rejected", faults=item.faults if isinstance(item, Rejected) else ())
    if key not in taken:
        if isinstance(made, Rejected):
            return Outcome("rejected", faults=made.faults, idempotency_key=item.idempotency_key)
        if first[key] is made:
            return Outcome(
                "quarantined" if made.reason else "accepted",
                key,
                item.idempotency_key,
                reason=made.reason,
                detail=made.detail,
            )
    mark = taken[key] if key in taken else first[key].sent.mark
    status: Status = "duplicate" if says_the_same(item, mark) else "conflict"
    return Outcome(status, key, item.idempotency_key)
