"""A month's events brought back from its files."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from usage.models import ArchiveState, UsageArchive
from usage.models.archive import month_name
from usage.operations.archives.archive_month import lines_of
from usage.operations.archives.one_at_a_time import the_only_archiver
from usage.store.archives.kept_archives import checksum
from usage.store.archives.write_archive import load_archive
from usage.store.partitions import ensure_months
from values.failpoints import reached


class CannotRestore(RuntimeError):
    """The month is not archived, or a file is not what was written; nothing was changed."""


def restore_month(*, month: date, now: datetime) -> list[UsageArchive]:
    """
    Put the events of all files of a month (its first day, UTC) back where they were.

    In one transaction: killed before its end it has done nothing. The files stay, and the month
    stays in the database until somebody archives it by name.

    :raises CannotRestore:
    :raises ArchiveGone:
    :raises NotAnArchive:
    :raises AnotherArchives:
    """
    with the_only_archiver():
        archived = UsageArchive.objects.filter(month=month, state=ArchiveState.ARCHIVED)
        archives = list(archived.order_by("part"))
        if not archives:
            raise CannotRestore(f"{month_name(month)} is not archived.")
        for archive in archives:
            if checksum(archive.stored_as) != archive.sha256:
                raise CannotRestore(f"{archive.stored_as} is not what was written.")
        ensure_months([archives[0].starts_at])
        with transaction.atomic():
            _restore(archives, now=now)
            reached("archive.loaded")
        reached("archive.restored")
    return archives


def _restore(archives: Sequence[UsageArchive], *, now: datetime) -> None:
    for archive in archives:
        # As they were, with the transactions that stored them: the rollups have them.
        load_archive(lines_of(archive), table="usage_record")
        archive.state, archive.restored_at = ArchiveState.RESTORED, now
        archive.save()
