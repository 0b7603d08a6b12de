"""
Where the database's files live, and as whom the server runs.

Folders are ours; as root we let the server's account pass through them, and
only its data and its socket belong to it. Nothing above them is touched.
"""

import contextlib
import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


class UnsafeFolder(Exception):
    """A folder that should be ours belongs to another; the text says what to do."""


@dataclass(frozen=True)
class ServerUser:
    """The account that PostgreSQL runs as when we are root, which it refuses to be."""

    name: str
    uid: int
    gid: int


def server_user() -> ServerUser | None:
    """Return `nobody` when we are root; None means the account that we run as."""
    if os.geteuid() != 0:
        return None
    account = pwd.getpwnam("nobody")
    return ServerUser(account.pw_name, account.pw_uid, account.pw_gid)


def reachable(path: Path, *, user: ServerUser | None) -> bool:
    """Return whether the account may enter the folder, or run the file."""
    if user is None:
        return os.access(path, os.X_OK)
    command = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
    asked = subprocess.run(
        command, user=user.uid, group=user.gid, extra_groups=[], cwd="/", check=False
    )
    return asked.returncode == 0


def demo_folder(project: Path) -> Path:
    """
    Return the folder of the demo's data, made if it was not there.

    It is `.demo` in the project. Where the server's account cannot reach that
    (in root's home, for example) it is a folder of ours in /var/tmp, named after
    the project's path, so that the permissions of the folders above stay as they are.

    :raises UnsafeFolder: where it belongs to another account.
    """
    inside = own_folder(project / ".demo")
    if reachable(inside, user=server_user()):
        return inside
    project_key = hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:12]
    return own_folder(Path("/var/tmp") / f"billing-portal-{project_key}")


def own_folder(path: Path) -> Path:
    """
    Make a folder that only we may read, or check that it is ours.

    As root we let others pass through it to what is theirs inside.

    :raises UnsafeFolder: where it belongs to another account.
    """
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    _check_owner(path, os.geteuid())
    path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return path


def private_folder(path: Path, *, user: ServerUser | None) -> Path:
    """
    Make a folder that only the account may enter, or check that it is one.

    :raises UnsafeFolder: where it belongs to another account.
    """
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        if user is not None:
            os.chown(path, user.uid, user.gid)
    _check_owner(path, os.geteuid() if user is None else user.uid)
    path.chmod(0o700)
    return path


def temporary_folder(*, user: ServerUser | None) -> Path:
    """
    Return a new folder of ours that the account can pass through.

    :raises UnsafeFolder: where there is no place for one.
    """
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        path = own_folder(Path(tempfile.mkdtemp(prefix="billing-", dir=parent)))
        if reachable(path, user=user):
            return path
        path.rmdir()
    raise UnsafeFolder("No folder for temporary files can be reached by the database's account.")


def _check_owner(path: Path, uid: int) -> None:
    """Without following a link: somebody else may have put one there."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise UnsafeFolder(
            f"{path} belongs to another account, or is no folder: another user, or root, was "
            "here first. Start as that one, or remove it."
        )
