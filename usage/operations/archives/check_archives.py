"""Archived months held against what was written, and against the sums by the hour."""

from collections.abc import Iterator
from datetime import date

from usage.models import ArchiveState, UsageArchive
from usage.models.archive import month_name
from usage.operations.archives.archive_month import filed_lines, lines_of
from usage.store.archives.archive_file import NotAnArchive
from usage.store.archives.check_archive import differences_of
from usage.store.archives.kept_archives import ArchiveGone, checksum
from usage.store.partitions import month_bounds
from values.period import Period


def archive_faults(*, month: date) -> Iterator[str]:
    """
    Yield a sentence for each thing that is wrong with an archived month (its first day, UTC).

    Each file is there, has its checksum and its rows; and what its events and those in the
    database add up to are the sums by the hour. Reads all of it.
    """
    archived = UsageArchive.objects.filter(month=month, state=ArchiveState.ARCHIVED)
    faults = [fault for archive in archived.order_by("part") for fault in _file_faults(archive)]
    yield from faults
    if faults:
        return
    span = Period(*month_bounds(month.year, month.month))
    wrong = sum(1 for _ in differences_of(span, filed=filed_lines(month)))
    if wrong:
        yield f"{month_name(month)}: {wrong} sums by the hour are not those of its events"


def _file_faults(archive: UsageArchive) -> Iterator[str]:
    try:
        if checksum(archive.stored_as) != archive.sha256:
            yield f"{archive}: the checksum of {archive.stored_as} is another one"
            return
        rows = sum(1 for _ in lines_of(archive))
    except (ArchiveGone, NotAnArchive) as fault:
        yield f"{archive}: {fault}"
        return
    if rows != archive.rows:
        yield f"{archive}: {archive.stored_as} has {rows} rows, not {archive.rows}"
