"""Taking a file of usage."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import ApiKey, User
from usage.files.open_table import inspect
from usage.files.rows import Unreadable
from usage.models import FileState, Source, UsageFile
from usage.models.usage_file import LONGEST_NAME
from usage.operations.files.map_file import map_as_before
from usage.queries.files.kept import kept_of_source
from usage.store.kept_files import KeptFile, forget_file, keep_file, opened
from values.failpoints import reached
from values.identifiers import uuid7


class NoRoom(Exception):
    """So many files are kept, or wait, that no more is taken; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The file; not new where the source has one with the same bytes, which it then is."""

    file: UsageFile
    is_new: bool


def upload_file(
    *,
    source: Source,
    name: str,
    parts: Iterable[bytes],
    now: datetime,
    by: User | ApiKey,
    again: bool = False,
) -> Uploaded:
    """
    Keep a file and find out what it is; a source's file with the same bytes is not kept twice.

    `again` keeps it all the same, to be mapped in another way; its events stay unique by their
    keys. A mapping that the source's last file with these columns had is its own at once.

    :raises NoRoom: the source has as many files as it may, or bytes; nothing is kept.
    :raises TooLarge: nothing is kept.
    :raises Unreadable: it is empty, or nothing that could hold usage; nothing is kept.
    """
    # Before a byte is read: what cannot be taken need not be sent to its end.
    refuse_without_room(source=source, more_bytes=0)
    uid = uuid7()
    kept = keep_file(parts, uid=uid, most_bytes=settings.USAGE_FILE_MEGABYTES * 2**20)
    reached("upload_file.kept")
    try:
        file = _file(source, name, kept, now)
        file.uid = uid
        if isinstance(by, ApiKey):
            file.uploaded_with = by
        else:
            file.uploaded_by = by
        known = _named(file, again=again)
    except (Unreadable, NoRoom):
        forget_file(kept.stored_as)
        raise
    if known is not None:
        forget_file(kept.stored_as)
        return Uploaded(known, is_new=False)
    map_as_before(file=file)
    return Uploaded(file, is_new=True)


def refuse_without_room(*, source: Source, more_bytes: int) -> None:
    """
    Pass where one more file of so many bytes may be kept for the source.

    :raises NoRoom:
    """
    kept = kept_of_source(source=source)
    if kept.waiting >= settings.USAGE_FILES_WAITING:
        raise NoRoom(
            f"{kept.waiting} of your files are not imported yet, and no more than "
            f"{settings.USAGE_FILES_WAITING} may wait: import some of them, or have them forgotten"
        )
    most = settings.USAGE_FILES_KEPT_MEGABYTES
    if kept.size_bytes + more_bytes > most * 2**20:
        raise NoRoom(
            f"your files take {kept.size_bytes // 2**20} MB of the {most} MB that are kept: have "
            "those forgotten that you need no more; what they were imported to stays"
        )


@transaction.atomic
def _named(file: UsageFile, *, again: bool) -> UsageFile | None:
    """Save the file, or return the one with the same bytes; a source's uploads take turns."""
    # Without its key: whoever stores events of the source goes on.
    Source.objects.select_for_update(no_key=True).get(pk=file.source_id)
    known = None if again else _same_file(file.source, file.sha256)
    if known is None:
        refuse_without_room(source=file.source, more_bytes=file.size_bytes)
        file.save()
    return known


def _same_file(source: Source, sha256: str) -> UsageFile | None:
    """Return the latest file with these bytes that was imported, or still can be."""
    same = UsageFile.objects.filter(source=source, sha256=sha256).exclude(state=FileState.FAILED)
    usable = same.filter(Q(forgotten_at=None) | Q(state=FileState.DONE))
    return usable.order_by("-uploaded_at", "-pk").first()


def _file(source: Source, name: str, kept: KeptFile, now: datetime) -> UsageFile:
    with opened(kept.stored_as) as stream:
        reading = inspect(stream, size_bytes=kept.size_bytes)
    return UsageFile(
        source=source,
        name=_safe_name(name),
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        stored_as=kept.stored_as,
        uploaded_at=now,
        format=reading.format.value,
        is_gzip=reading.is_gzip,
        encoding=reading.encoding.value,
    )


def _safe_name(name: str) -> str:
    """Return the last part of a name, which is only ever shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable()).strip()
    return kept.encode("utf-8", "replace").decode()[-LONGEST_NAME:] or "file"
