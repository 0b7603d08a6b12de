"""Taking a file of usage."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.models import ApiKey, User
from usage.files.open_table import inspect
from usage.files.rows import Unreadable
from usage.models import FileState, Source, UsageFile
from usage.models.usage_file import LONGEST_NAME
from usage.operations.files.map_file import map_as_before
from usage.store.kept_files import KeptFile, forget_file, keep_file, opened
from values.identifiers import uuid7


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

    :raises TooLarge: nothing is kept.
    :raises Unreadable: it is empty, or nothing that could hold usage; nothing is kept.
    """
    uid = uuid7()
    kept = keep_file(parts, uid=uid, most_bytes=settings.USAGE_FILE_MEGABYTES * 2**20)
    known = None if again else _same_file(source, kept.sha256)
    if known is not None:
        forget_file(kept.stored_as)
        return Uploaded(known, is_new=False)
    try:
        file = _file(source, name, kept, now)
    except Unreadable:
        forget_file(kept.stored_as)
        raise
    file.uid = uid
    if isinstance(by, ApiKey):
        file.uploaded_with = by
    else:
        file.uploaded_by = by
    file.save()
    map_as_before(file=file)
    return Uploaded(file, is_new=True)


def _same_file(source: Source, sha256: str) -> UsageFile | None:
    return (
        UsageFile.objects.filter(source=source, sha256=sha256)
        .exclude(state=FileState.FAILED)
        .order_by("-uploaded_at", "-pk")
        .first()
    )


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
