"""The bytes of uploaded files, in a storage that no web server gives out."""

import errno
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage, storages

_STORAGE = "usage_files"
# Its folder are the last two digits of its id, so that no folder grows large.
_KEPT = re.compile(r"([0-9a-f]{2})/[0-9a-f]{30}\1", re.ASCII)
_FULL = (errno.ENOSPC, errno.EDQUOT)


class TooLarge(ValueError):
    """The file is larger than any that is taken; nothing of it is kept."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"the file is larger than {most_bytes // 2**20} MB")
        self.most_bytes = most_bytes


class StorageFull(OSError):
    """The storage has no room for the file; nothing of it is kept."""

    def __str__(self) -> str:
        return "there is no room for the file at this moment; try again later"


class FileGone(OSError):
    """The storage does not have the file any more."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """Where a file was put, how large it is and the hash of its bytes, in hexadecimal."""

    stored_as: str
    size_bytes: int
    sha256: str


class _Counted(File):  # type: ignore[type-arg]
    """Parts as they arrive, counted and hashed on their way to the storage."""

    def __init__(self, parts: Iterable[bytes], *, most_bytes: int) -> None:
        super().__init__(None, name="upload")
        self._parts = parts
        self._most_bytes = most_bytes
        self.digest = hashlib.sha256()
        self.read_bytes = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the parts, once."""
        for part in self._parts:
            self.read_bytes += len(part)
            if self.read_bytes > self._most_bytes:
                raise TooLarge(self._most_bytes)
            self.digest.update(part)
            yield part


def keep_file(parts: Iterable[bytes], *, uid: UUID, most_bytes: int) -> KeptFile:
    """
    Put a file into the storage, under a name made of its id alone, and on the disk.

    :raises TooLarge: nothing is kept.
    :raises StorageFull:
    """
    name = f"{uid.hex[-2:]}/{uid.hex}"
    content = _Counted(parts, most_bytes=most_bytes)
    try:
        stored_as = _storage().save(name, content)
        _flush(stored_as)
    except BaseException as error:
        _storage().delete(name)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StorageFull(error.errno, error.strerror) from error
        raise
    return KeptFile(stored_as, content.read_bytes, content.digest.hexdigest())


@contextmanager
def opened(stored_as: str) -> Iterator[BinaryIO]:
    """
    Yield the bytes of a file from its beginning.

    :raises FileGone:
    """
    try:
        kept: Any = _storage().open(stored_as, "rb")
    except FileNotFoundError as error:
        raise FileGone("the file's bytes are gone; upload it again") from error
    with kept:
        yield kept.file


def forget_file(stored_as: str) -> None:
    """Delete a file; one that is gone stays gone."""
    _storage().delete(stored_as)


def kept_before(instant: datetime) -> Iterator[str]:
    """
    Yield the names of kept files in the storage that were last written before this time.

    What is not named as `keep_file` names is somebody else's.
    """
    storage = _storage()
    for folder in _listed(storage, "")[0]:
        for name in _listed(storage, folder)[1]:
            stored_as = f"{folder}/{name}"
            if not _KEPT.fullmatch(stored_as):
                continue
            try:
                is_old = storage.get_modified_time(stored_as) < instant
            except FileNotFoundError:
                continue  # it went meanwhile
            if is_old:
                yield stored_as


def _listed(storage: Storage, folder: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _flush(stored_as: str) -> None:
    """Have the bytes on the disk before anybody is told that they are kept."""
    with opened(stored_as) as stream:
        try:
            number = stream.fileno()
        except OSError:
            return  # a storage elsewhere, which answered when it had them
        os.fsync(number)


def _storage() -> Storage:
    return storages[_STORAGE]
