"""Which files' bytes are kept, how much that is, and which are old."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Greatest

from usage.models import FileState, Source, UsageFile

_ENDED = (FileState.DONE, FileState.FAILED)
_AT_WORK = (FileState.CHECKING, FileState.IMPORTING)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many bytes of a source's files are kept, and how many files are not imported yet."""

    size_bytes: int
    waiting: int


def kept_of_source(*, source: Source) -> Kept:
    """Return what is kept of a source's files."""
    found = UsageFile.objects.filter(source=source, forgotten_at=None).aggregate(
        size_bytes=Sum("size_bytes", default=0), waiting=Count("pk", ~Q(state__in=_ENDED))
    )
    return Kept(int(found["size_bytes"]), found["waiting"])


def files_without_work_since(*, before: datetime, limit: int) -> list[UsageFile]:
    """Return so many files whose bytes are kept and at which nothing was done since then."""
    last_work = Greatest("uploaded_at", Max("runs__started_at"), Max("runs__ended_at"))
    found = UsageFile.objects.filter(forgotten_at=None).exclude(state__in=_AT_WORK)
    return list(found.annotate(last_work=last_work).filter(last_work__lt=before)[:limit])


def names_in_use(*, names: Collection[str]) -> set[str]:
    """Return which of these names in the storage are of files whose bytes are kept."""
    kept = UsageFile.objects.filter(stored_as__in=names, forgotten_at=None)
    return set(kept.values_list("stored_as", flat=True))
