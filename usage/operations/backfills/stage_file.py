"""Staging the events of an uploaded file for a backfill, in place of importing them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from usage.files.mapping_format import read_mapping
from usage.files.open_table import open_table
from usage.files.read_row import MissingColumn, RowReader
from usage.files.rows import Unreadable
from usage.intake.sent_event import Fault, Rejected, SentEvent
from usage.models import Backfill, FileState, MappingOrigin, UsageFile
from usage.operations.backfills.stage_events import stage_events
from usage.operations.files.begin_run import GUESSED, KEY_OF_WHOLE_ROW, tells_what_is_hidden
from usage.operations.files.read_chunk import read_chunk
from usage.store.kept_files import FileGone, opened
from values.problems import InvalidTerms

# Nothing of it is imported, or not all.
_STAGED_FROM = (FileState.MAPPED, FileState.CHECKED, FileState.CANCELLED, FileState.FAILED)
MOST_EVENTS = 20_000
"""As many as are staged while somebody waits for the page; a larger file is sent by the API."""
MOST_MISTAKES = 20


class FileNotStaged(RuntimeError):
    """The file cannot be read, or not to its end; what stands before that is staged."""


@dataclass(slots=True)
class StagedFile:
    """How many events of a file came to what, and the first rows that were refused, with why."""

    counts: Counter[str] = field(default_factory=Counter)
    mistakes: list[tuple[int, str]] = field(default_factory=list)


def stageable_files(*, backfill: Backfill) -> QuerySet[UsageFile]:
    """Return the files of the source whose mapping somebody confirmed, and that are there."""
    files = UsageFile.objects.filter(
        source=backfill.source_id,
        mapping__isnull=False,
        state__in=_STAGED_FROM,
        forgotten_at=None,
    )
    return files.exclude(mapping_origin=MappingOrigin.GUESSED)


def stage_file(*, backfill: Backfill, file: UsageFile, now: datetime) -> StagedFile:
    """
    Stage what the mapping makes of each row, chunk by chunk; each event once, however often.

    Every event needs a key of its own: what a row is cannot be told from another of the same
    content, and a backfill tells its events apart by their keys.

    :raises FileNotStaged: with the reason; sent again, what is staged already is a duplicate.
    :raises NotInThatState: the backfill is not open any more.
    """
    done = StagedFile()
    try:
        if file.mapping_origin == MappingOrigin.GUESSED:
            raise FileNotStaged(GUESSED)
        if tells_what_is_hidden(file=file):
            raise FileNotStaged(KEY_OF_WHOLE_ROW)
        with (
            opened(file.stored_as) as stream,
            open_table(stream, file.reading, size_bytes=file.size_bytes) as table,
        ):
            reader = RowReader(read_mapping(file.mapping), table.columns)
            while True:
                chunk = read_chunk(table.rows, reader)
                _stage(backfill, chunk.items, chunk.rows, done, now=now)
                if chunk.failure is not None:
                    raise FileNotStaged(f"row {chunk.failure.row}: {chunk.failure.reason}")
                if chunk.is_last:
                    return done
                if done.counts.total() >= MOST_EVENTS:
                    raise FileNotStaged(
                        f"its first {done.counts.total():,} events are staged; send the rest by "
                        "the API, or as files of their own"
                    )
    except Unreadable as error:
        raise FileNotStaged(error.reason) from error
    except (FileGone, MissingColumn, InvalidTerms) as error:
        raise FileNotStaged(str(error)) from error


def _stage(
    backfill: Backfill,
    items: list[SentEvent | Rejected],
    rows: list[int],
    done: StagedFile,
    *,
    now: datetime,
) -> None:
    outcomes = stage_events(
        backfill_id=backfill.pk, items=[_with_key(item) for item in items], now=now
    )
    for row, outcome in zip(rows, outcomes, strict=True):
        done.counts[outcome.status] += 1
        if outcome.status in ("rejected", "conflict") and len(done.mistakes) < MOST_MISTAKES:
            why = "; ".join(fault.detail for fault in outcome.faults)
            done.mistakes.append((row, why or "another event of the file has its key"))


def _with_key(item: SentEvent | Rejected) -> SentEvent | Rejected:
    if isinstance(item, Rejected) or item.idempotency_key:
        return item
    return Rejected(Fault("/idempotency_key", "required", "events of a backfill have a key each"))
