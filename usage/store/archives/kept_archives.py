"""The bytes of archives, in a storage that no web server gives out."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import Storage, storages

_STORAGE = "usage_archive"
_READ_AT_ONCE = 2**20


class ArchiveGone(OSError):
    """The storage does not have the file of an archive."""


class _Parts(File):  # type: ignore[type-arg]
    """Parts as they are made, for a storage that asks for chunks."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        super().__init__(None, name="archive")
        self._parts = parts

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the parts, once."""
        yield from self._parts


def keep_archive(parts: Iterable[bytes], *, name: str) -> None:
    """
    Put the bytes into the storage, and on the disk before this returns.

    :raises FileExistsError: the name is taken; nothing was lost of what is there.
    """
    stored_as = _storage().save(name, _Parts(parts))
    if stored_as != name:
        _storage().delete(stored_as)
        raise FileExistsError(name)
    _flush(name)


@contextmanager
def opened(stored_as: str) -> Iterator[BinaryIO]:
    """
    Yield the bytes of an archive from its beginning.

    :raises ArchiveGone:
    """
    try:
        kept: Any = _storage().open(stored_as, "rb")
    except FileNotFoundError as error:
        raise ArchiveGone(f"{stored_as} is not in the storage of archives") from error
    with kept:
        yield kept.file


def checksum(stored_as: str) -> str:
    """
    Return the SHA-256 of an archive's bytes as they are there, in hexadecimal.

    :raises ArchiveGone:
    """
    digest = hashlib.sha256()
    with opened(stored_as) as stream:
        while part := stream.read(_READ_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def forget_archive(stored_as: str) -> None:
    """Delete a file; one that is gone stays gone."""
    _storage().delete(stored_as)


def _flush(stored_as: str) -> None:
    """Have the bytes and the name on the disk; a storage elsewhere answers when it has them."""
    with opened(stored_as) as stream:
        try:
            number = stream.fileno()
        except OSError:
            return
        os.fsync(number)
        folder = os.open(Path(stream.name).parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _storage() -> Storage:
    return storages[_STORAGE]
