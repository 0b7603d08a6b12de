"""
An own PostgreSQL server for the demo and the tests.

It listens on a socket in a folder that only its account may enter, never on
TCP, and its superuser `billing` needs no password there. It stops with the
process that started it, also when that one is killed, and recovers when the
server itself was killed.
"""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from launch.binaries import Binaries, usable_binaries
from launch.cluster import (
    DATABASE,
    PostgresFailed,
    create_cluster,
    data_major,
    end_of,
    server_environ,
)
from launch.folders import own_folder, private_folder, server_user
from launch.lifeline import alive, kill_session, spawn
from launch.starter_lock import AlreadyRunning, holder, is_locked, take_lock

PORT = 5432  # Only a part of the socket's name.
START_SECONDS = 60
# The kernel's limit for a socket's path is 104 bytes on macOS, 108 on Linux.
LONGEST_SOCKET_FOLDER = 85
# A server that died without a word, or is still stopping: wait for it and try again.
RETRIED = ("postmaster.pid", "shared memory block", "Is another postmaster")


class PostgresServer:
    """
    A server whose data is in `folder`, made at the first start.

    `durable` off gives up safety against a crash of the machine for speed:
    right for a test, wrong for data that anybody wants to keep.
    """

    def __init__(self, folder: Path, *, site_packages: Sequence[Path], durable: bool) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self._site_packages = site_packages
        self._durable = durable
        self._user = server_user()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    def __enter__(self) -> "PostgresServer":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def database_url(self) -> str:
        return database_url(_socket_folder(self.folder))

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running server; :raises PostgresFailed: before `start`."""
        if self._process is None:
            raise PostgresFailed("The database is not started.")
        return self._process

    def start(self) -> None:
        """
        Start the server and return once it takes connections.

        :raises AlreadyRunning: where another process runs it.
        :raises NoPostgres: where no PostgreSQL is installed.
        :raises PostgresFailed: where it does not start within a minute.
        """
        own_folder(self.folder)
        self._lock = take_lock(self.folder / "starter.lock")
        try:
            binaries = usable_binaries(
                site_packages=self._site_packages,
                user=self._user,
                copies=self.folder / "programs",
                major=data_major(self.data),
            )
            sockets = private_folder(_socket_folder(self.folder), user=self._user)
            if not self.data.exists():
                create_cluster(
                    self.data,
                    binaries=binaries,
                    user=self._user,
                    log=self.log,
                    durable=self._durable,
                )
            self._process = self._started(binaries, sockets)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Disconnect everybody, write everything, end. Kill the server if it does not end."""
        process, self._process = self._process, None
        if process is not None:
            # A fast shutdown first, then an immediate one, which recovers at the next start.
            for stop_signal, seconds in ((signal.SIGINT, 15), (signal.SIGQUIT, 5)):
                if process.poll() is None:
                    process.send_signal(stop_signal)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(seconds)
            kill_session(process)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _started(self, binaries: Binaries, sockets: Path) -> subprocess.Popen[bytes]:
        give_up_at = time.monotonic() + START_SECONDS
        while True:
            with self.log.open("wb") as log:
                process = spawn(
                    _command(binaries, data=self.data, sockets=sockets, durable=self._durable),
                    dying_signal=signal.SIGINT,
                    user=self._user,
                    environ=server_environ(self.data),
                    folder=self.data,
                    output=log,
                )
            # Known from here on, so that an interruption stops it.
            self._process = process
            if _becomes_ready(process, self.data, give_up_at=give_up_at):
                return process
            kill_session(process)
            told = end_of(self.log)
            if time.monotonic() > give_up_at or not any(word in told for word in RETRIED):
                raise PostgresFailed(f"PostgreSQL did not start:\n{told}")
            _forget_foreign_pid(self.data)
            time.sleep(0.3)


def database_url(sockets: Path) -> str:
    """Return the address that Django, psycopg and psql understand."""
    return f"postgres://{DATABASE}@/{DATABASE}?host={quote(str(sockets), safe='')}&port={PORT}"


def running_database_url(folder: Path) -> str | None:
    """
    Return the address of the server that another process runs on this folder, else None.

    Waits for one that is just starting.
    """
    give_up_at = time.monotonic() + START_SECONDS
    while is_locked(folder / "starter.lock"):
        pid = _ready_pid(folder / "data")
        if pid is not None and alive(pid):
            return database_url(_socket_folder(folder))
        if time.monotonic() > give_up_at:
            raise AlreadyRunning(holder(folder / "starter.lock"))
        time.sleep(0.1)
    return None


@contextlib.contextmanager
def temporary_server(
    folder: Path, *, site_packages: Sequence[Path], durable: bool = False
) -> Iterator[PostgresServer]:
    """Run a server in `folder`, fast and forgetful or not, and remove the folder afterwards."""
    try:
        with PostgresServer(folder, site_packages=site_packages, durable=durable) as server:
            yield server
    finally:
        shutil.rmtree(_socket_folder(folder), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _socket_folder(folder: Path) -> Path:
    inside = folder / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    key = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return Path("/tmp") / f"billing-{key}"


def _command(binaries: Binaries, *, data: Path, sockets: Path, durable: bool) -> list[str | Path]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": _quoted(sockets),
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [f"--{name}={value}" for name, value in settings.items()]
    return [binaries.postgres, "-D", data, *options]


def _quoted(sockets: Path) -> str:
    """The setting is a list: a comma or a blank in a folder's name must not end it."""
    escaped = str(sockets).replace('"', '""')
    return f'"{escaped}"'


def _ready_pid(data: Path) -> int | None:
    """Return the process that says in its notice that it takes connections."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
        return int(lines[0]) if len(lines) > 7 and lines[7].strip() == "ready" else None
    except (OSError, ValueError):
        return None


def _becomes_ready(process: subprocess.Popen[bytes], data: Path, *, give_up_at: float) -> bool:
    while process.poll() is None and time.monotonic() < give_up_at:
        if _ready_pid(data) == process.pid:
            return True
        time.sleep(0.02)
    return False


def _forget_foreign_pid(data: Path) -> None:
    """Drop the notice of a dead server whose number another program has got since."""
    notice = data / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError):
        pid = int(notice.read_text().split("\n")[0])
        told = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if told.stdout.strip() and not re.search(r"postgres|postmaster", told.stdout):
            notice.unlink()
