"""
A month's events put into a file, and taken out of the database.

The file is written, and on the disk, and its row says so, before anything is removed; that is one
transaction, at the end of which the row says that the month is archived. Killed before, the next
try begins anew with another file. Keys, voids and sums by the hour stay, for ever.
"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from uuid import uuid4

from django.db import OperationalError, transaction
from django.db.models import Max

from usage.models import ArchivedDay, ArchiveState, Backfill, BackfillState, SubjectMove
from usage.models.archive import UsageArchive, month_name
from usage.operations.archives.one_at_a_time import the_only_archiver
from usage.store.archives.archive_file import ArchiveParts, read_lines
from usage.store.archives.check_archive import differences_of
from usage.store.archives.kept_archives import checksum, forget_archive, opened
from usage.store.archives.needs import Needs
from usage.store.archives.stays import choose_stays
from usage.store.archives.take_out import make_apart, take_out, verify_rows
from usage.store.archives.write_archive import (
    filed_days,
    has_rows_to_file,
    rolled_up_below,
    write_archive,
)
from usage.store.partitions import made_months, month_bounds, partition_name
from values.failpoints import reached
from values.period import Period

_TRIES = 5


class CannotArchive(RuntimeError):
    """The month is not in a state in which its events can go; nothing was changed."""


def archive_month(*, month: date, needs: Needs, now: datetime) -> UsageArchive | None:
    """
    Put the events of a month (its first day, UTC) into a file, and return its row.

    None where no event can go: there are none, or all are still needed. Sums by the hour should
    have been brought up to date: nothing is taken out that is not in them. Late events of a
    month that was archived before go into another part.

    :raises CannotArchive:
    :raises AnotherArchives:
    :raises RowsDoNotMatch: the file does not hold what it should; nothing was removed.
    :raises ChangedMeanwhile: nothing was removed; try again.
    :raises OperationalError: others had records in hand for too long; try again.
    """
    with the_only_archiver():
        if (month.year, month.month) not in made_months():
            return None
        span = Period(*month_bounds(month.year, month.month))
        _refuse_unsettled(month, span)
        _refuse_wrong_sums(month, span)
        partition = partition_name(month.year, month.month)
        below = rolled_up_below()
        choose_stays(partition=partition, month=span, needs=needs)
        archive = _begun(month, span, below, now=now)
        reached("archive.begun")
        if not has_rows_to_file(partition=partition, below=below):
            archive.delete()
            return None
        _write(archive, partition)
        _take_out(archive, now=now)
        return archive


def _refuse_unsettled(month: date, span: Period) -> None:
    within = {"starts_at__lt": span.end, "ends_at__gt": span.start}
    at_work = [BackfillState.OPEN, BackfillState.CLOSING, BackfillState.UNDOING]
    if Backfill.objects.filter(state__in=at_work, **within).exists():
        raise CannotArchive(f"A backfill of {month_name(month)} is not done.")
    if SubjectMove.objects.filter(finished_at=None, **within).exists():
        raise CannotArchive(f"A number's usage of {month_name(month)} is being moved.")


def _refuse_wrong_sums(month: date, span: Period) -> None:
    """What is removed could never put a wrong sum right again."""
    wrong = sum(1 for _ in differences_of(span, filed=filed_lines(month)))
    if wrong:
        raise CannotArchive(
            f"{wrong} sums by the hour of {month_name(month)} are not those of its events: "
            "see `manage.py usage_rollups check`."
        )


def filed_lines(month: date) -> Iterator[bytes]:
    """Yield the rows of the month's files whose events are not in the database."""
    archived = UsageArchive.objects.filter(month=month, state=ArchiveState.ARCHIVED)
    return chain.from_iterable(map(lines_of, archived.order_by("part")))


def lines_of(archive: UsageArchive) -> Iterator[bytes]:
    """
    Yield the rows of an archive's file.

    :raises ArchiveGone:
    :raises NotAnArchive:
    """
    with opened(archive.stored_as) as stream:
        yield from read_lines(stream)


def _begun(month: date, span: Period, below: str, *, now: datetime) -> UsageArchive:
    """Return the row of the next file, that of a try that did not end, if there is one."""
    unfinished = [ArchiveState.WRITING, ArchiveState.WRITTEN]
    archive = UsageArchive.objects.filter(month=month, state__in=unfinished).first()
    if archive is None:
        last = UsageArchive.objects.filter(month=month).aggregate(part=Max("part"))["part"]
        archive = UsageArchive(month=month, part=(last or 0) + 1)
    else:
        archive.days.all().delete()
        forget_archive(archive.stored_as)
    archive.state, archive.sha256 = ArchiveState.WRITING, ""
    archive.starts_at, archive.ends_at = span.start, span.end
    archive.stored_as = f"{month.year}/{month_name(month)}-{archive.part}-{uuid4().hex}.gz"
    archive.below, archive.begun_at = below, now
    archive.save()
    return archive


def _write(archive: UsageArchive, partition: str) -> None:
    written = write_archive(
        partition=partition,
        below=archive.below,
        name=archive.stored_as,
        month=month_name(archive.month),
        part=archive.part,
    )
    reached("archive.file_written")
    days = filed_days(partition=partition, below=archive.below)
    with transaction.atomic():
        _tell(archive, written)
        ArchivedDay.objects.bulk_create(ArchivedDay(archive=archive, **d._asdict()) for d in days)
    reached("archive.told")


def _tell(archive: UsageArchive, written: ArchiveParts) -> None:
    archive.state = ArchiveState.WRITTEN
    archive.rows, archive.events = written.rows, written.events
    archive.size_bytes, archive.index_at = written.size_bytes, written.index_at
    archive.sha256 = written.digest.hexdigest()
    archive.save()


def _take_out(archive: UsageArchive, *, now: datetime) -> None:
    kept = make_apart(month=archive.month, below=archive.below)
    reached("archive.kept_apart")
    # As it is read back from the storage, not as it was handed over.
    filed = sum(1 for _ in lines_of(archive))
    if checksum(archive.stored_as) != archive.sha256:
        raise CannotArchive(f"{archive.stored_as} is not what was written.")
    verify_rows(month=archive.month, below=archive.below, filed=filed, kept=kept)
    reached("archive.verified")
    for attempt in range(_TRIES):
        try:
            _exchange(archive, now=now)
        except OperationalError:
            # Others had records in hand; they were let through meanwhile.
            if attempt + 1 == _TRIES:
                raise
        else:
            break
    reached("archive.committed")


@transaction.atomic
def _exchange(archive: UsageArchive, *, now: datetime) -> None:
    archive.kept_rows = take_out(month=archive.month, below=archive.below)
    # Once more: who begins a backfill holds back the exchange until that is committed, or waits.
    _refuse_unsettled(archive.month, Period(archive.starts_at, archive.ends_at))
    reached("archive.exchanged")
    archive.state, archive.archived_at = ArchiveState.ARCHIVED, now
    archive.save()
    reached("archive.taken_out")


def archivable_months(*, before: date) -> list[date]:
    """Return the months with records that end by then, the oldest first; none that was restored."""
    restored = set(
        UsageArchive.objects.filter(state=ArchiveState.RESTORED).values_list("month", flat=True)
    )
    months = (date(year, month, 1) for year, month in made_months())
    return [month for month in months if month < before.replace(day=1) and month not in restored]


def oldest_kept(*, now: datetime, months: int) -> date:
    """Return the first day of the oldest month that stays: whole ones before the running one."""
    count = now.year * 12 + now.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
