"""One starter per database: a lock that goes with its process, however that ends."""

import contextlib
import fcntl
import os
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process runs the database of this folder."""

    def __init__(self, pid: str) -> None:
        super().__init__(
            f"Process {pid} already runs this database. Stop it first (Ctrl-C where it runs)."
        )


def take_lock(path: Path) -> int:
    """
    Return the descriptor that holds the lock until it is closed.

    :raises AlreadyRunning: where another process holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(holder(path)) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def is_locked(path: Path) -> bool:
    """Return whether a living process holds the lock."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def holder(path: Path) -> str:
    """Return the number of the process that took the lock last."""
    with contextlib.suppress(OSError):
        return path.read_text().strip() or "?"
    return "?"
