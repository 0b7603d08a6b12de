"""Background work of the usage store."""

import time

from celery import shared_task
from django.utils import timezone

from usage.models import Backfill, BackfillState, ReplayJob, RunKind, SubjectMove
from usage.operations.backfills.close_backfill import close_next
from usage.operations.backfills.undo_backfill import undo_next
from usage.operations.count_source_day import count_unless_counting, days_to_count
from usage.operations.files.check_file import checking
from usage.operations.files.forget_old_files import forget_old_files, sweep_kept_files
from usage.operations.files.import_file import importing
from usage.operations.move_subject import move_next
from usage.operations.replay_cause import replay_next
from usage.operations.watch_sources import watch_sources
from usage.queries.files.at_work import files_at_work
from usage.store import store
from usage.store.partitions import ensure_months, months_ahead
from usage.store.sum_receipts import forget_old_minutes, sum_receipts

CHUNKS_IN_A_TASK = 10
# At most some minutes of work: then other files have their turn, and no limit of time is near.
FILE_CHUNKS_IN_A_TASK = 200
LONGEST_CHECK_SECONDS = 4 * 3600
LONGEST_ROLL_SECONDS = 240
# Work that was handed out and not begun by then was handed out anew: it must not pile up.
FINISH_EXPIRES_SECONDS = 120


@shared_task(name="usage.make_partitions")
def make_partitions() -> None:
    """Make the partitions of the coming months; what is there stays."""
    ensure_months(months_ahead(now=timezone.now(), months=3))


@shared_task(name="usage.roll")
def roll() -> None:
    """Bring the sums by the hour nearer to now, unless another worker is at it."""
    until = time.monotonic() + LONGEST_ROLL_SECONDS
    store.roll(goes_on=lambda: time.monotonic() < until)


@shared_task(name="usage.sum_receipts")
def sum_what_came() -> None:
    """Add up what each source sent by the minute, unless another worker is at it."""
    until = time.monotonic() + LONGEST_ROLL_SECONDS
    sum_receipts(now=timezone.now(), goes_on=lambda: time.monotonic() < until)


@shared_task(name="usage.watch_sources")
def watch() -> None:
    """Raise alarms on sources that are not as usual, and end those that are over."""
    now = timezone.now()
    forget_old_minutes(now=now)
    watch_sources(now=now)


@shared_task(name="usage.replay_cause")
def replay_cause(job_id: int) -> None:
    """Try the next events of a replay; a long one goes on in a task of its own."""
    for _ in range(CHUNKS_IN_A_TASK):
        if not replay_next(job_id=job_id, now=timezone.now()):
            return
    replay_cause.delay(job_id)


@shared_task(name="usage.finish_replays")
def finish_replays() -> None:
    """Go on with replays, moves of subjects and backfills that no worker has in hand."""
    walked = Backfill.objects.filter(state__in=[BackfillState.CLOSING, BackfillState.UNDOING])
    for backfill_id in walked.values_list("pk", flat=True):
        walk_backfill.apply_async([backfill_id], expires=FINISH_EXPIRES_SECONDS)
    for task, jobs in ((replay_cause, ReplayJob.objects), (move_subject, SubjectMove.objects)):
        for job_id in jobs.filter(finished_at=None).values_list("pk", flat=True):
            task.apply_async([job_id], expires=FINISH_EXPIRES_SECONDS)


@shared_task(name="usage.move_subject")
def move_subject(job_id: int) -> None:
    """Move the next events of a subject; a long move goes on in a task of its own."""
    for _ in range(CHUNKS_IN_A_TASK):
        if not move_next(job_id=job_id, now=timezone.now()):
            return
    move_subject.delay(job_id)


@shared_task(name="usage.walk_backfill")
def walk_backfill(backfill_id: int) -> None:
    """Close or undo the next part of a backfill; a long one goes on in a task of its own."""
    for _ in range(CHUNKS_IN_A_TASK):
        now = timezone.now()
        if not (
            close_next(backfill_id=backfill_id, now=now)
            or undo_next(backfill_id=backfill_id, now=now)
        ):
            return
    walk_backfill.delay(backfill_id)


@shared_task(name="usage.import_file")
def import_file(file_id: int) -> None:
    """Store the next events of a file; a long one goes on in a task of its own."""
    with importing(file_id=file_id, now=timezone.now()) as work:
        if work is None:
            return
        for _ in range(FILE_CHUNKS_IN_A_TASK):
            if not work.next_chunk(now=timezone.now()):
                return
    import_file.delay(file_id)


@shared_task(name="usage.check_file", time_limit=LONGEST_CHECK_SECONDS)
def check_file(file_id: int) -> None:
    """Look at all rows of a file; nothing is stored, so it is done in one go."""
    with checking(file_id=file_id, now=timezone.now()) as work:
        while work is not None and work.next_chunk(now=timezone.now()):
            pass


@shared_task(name="usage.finish_files")
def finish_files() -> None:
    """Go on with files that no worker has in hand; the file's lock keeps others away."""
    for file_id, kind in files_at_work():
        task = import_file if kind == RunKind.IMPORT else check_file
        task.apply_async([file_id], expires=FINISH_EXPIRES_SECONDS)


@shared_task(name="usage.forget_files")
def forget_files() -> None:
    """Delete the bytes of files that nobody worked at for long, and bytes that no file names."""
    now = timezone.now()
    forget_old_files(now=now)
    sweep_kept_files(now=now)


@shared_task(name="usage.count_days")
def count_days() -> None:
    """Count what sources sent today and yesterday, and earlier days that do not add up."""
    now = timezone.now()
    for source_id, day in days_to_count(now=now):
        count_unless_counting(source_id=source_id, day=day, now=now)
