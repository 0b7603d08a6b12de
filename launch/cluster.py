"""A PostgreSQL data folder: made once, whole or not at all."""

import locale
import os
import shutil
import subprocess
from pathlib import Path

from launch.binaries import Binaries
from launch.folders import ServerUser, private_folder

DATABASE = "billing"


class PostgresFailed(Exception):
    """PostgreSQL did not do what it was started for; the text holds the end of its log."""


def create_cluster(
    data: Path, *, binaries: Binaries, user: ServerUser | None, log: Path, durable: bool
) -> None:
    """
    Make the data folder with its superuser and database, both named `billing`.

    :raises PostgresFailed: where PostgreSQL cannot.
    """
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    private_folder(unfinished, user=user)
    initdb: list[str | Path] = [binaries.initdb, "--pgdata", unfinished, "--username", DATABASE]
    initdb += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
    initdb += [] if durable else ["--no-sync"]
    initdb += _locale_options(binaries.major)
    single: list[str | Path] = [binaries.postgres, "--single", "-D", unfinished, "postgres"]
    _run(initdb, words=b"", home=unfinished, user=user, log=log)
    _run(
        single, words=f"CREATE DATABASE {DATABASE}\n".encode(), home=unfinished, user=user, log=log
    )
    unfinished.rename(data)


def _locale_options(major: int) -> list[str]:
    """Sorted by code point, upper and lower case of every language, the same on each machine."""
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
    except locale.Error:
        return ["--locale=C"]
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return ["--locale=C.UTF-8"]


def _run(
    command: list[str | Path], *, words: bytes, home: Path, user: ServerUser | None, log: Path
) -> None:
    finished = subprocess.run(
        command,
        input=words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=server_environ(home),
        cwd=home,
        user=None if user is None else user.uid,
        group=None if user is None else user.gid,
        extra_groups=None if user is None else [],
        check=False,
    )
    log.write_bytes(finished.stdout)
    if finished.returncode != 0:
        raise PostgresFailed(f"PostgreSQL could not make its data folder:\n{end_of(log)}")


def data_major(data: Path) -> int | None:
    """Return the version that made the data, None before that."""
    try:
        return int((data / "PG_VERSION").read_text())
    except OSError:
        return None


def server_environ(home: Path) -> dict[str, str]:
    """No variable of the caller's reaches the server, and its messages are English."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "LC_ALL": "C"}


def end_of(log: Path) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
