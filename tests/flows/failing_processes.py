"""Commands in processes that are killed or halted at a named point of their work."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tests.flows.processes import PROJECT, environ, manage, wait_for

QUIET = {"EMAIL_URL": "memorymail://", "LOG_LEVEL": "ERROR"}


def killed_at(point: str, *command: str) -> None:
    """Run a management command that dies at a point, such as `issuing.numbered@2`, by kill -9."""
    ended = manage(*command, variables=environ(FAILPOINTS=_armed(point, "kill"), **QUIET))
    assert ended.returncode == -signal.SIGKILL, ended.stdout + ended.stderr


@contextmanager
def halted_at(
    point: str, *command: str, then_killed_at: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """
    Halt a management command at a point while the block runs, its transaction open.

    After the block it goes on, and must end well, or by kill -9 at the other point that is named
    here, unless the block killed it.
    """
    armed = _armed(point, "stop")
    if then_killed_at:
        armed += f",{_armed(then_killed_at, 'kill')}"
    with _started(*command, FAILPOINTS=armed) as running:
        wait_for(lambda: _is_halted(running), what=f"nobody came to {point}")
        yield running
        is_killed = bool(then_killed_at) or running.poll() is not None
        running.send_signal(signal.SIGCONT)
        assert running.wait() == (-signal.SIGKILL if is_killed else 0)


@contextmanager
def alongside(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a management command beside the block, and see after it that it ends well."""
    with _started(*command) as running:
        yield running
        assert running.wait() == 0


def killed(running: subprocess.Popen[bytes]) -> None:
    """End a process by kill -9 and see it gone."""
    running.kill()
    running.wait()


def waiting() -> int:
    """Return how many wait for a lock of somebody else in this database."""
    with connection.cursor() as cursor:
        # Inside a transaction PostgreSQL would go on telling what it told first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        return int(cursor.fetchone()[0])


@contextmanager
def _started(*command: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=PROJECT,
        env=environ(**QUIET, **variables),
        stdout=subprocess.DEVNULL,
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def _armed(point: str, action: str) -> str:
    name, at, visit = point.partition("@")
    return f"{name}:{action}{at}{visit}"


def _is_halted(running: subprocess.Popen[bytes]) -> bool:
    pid, status = os.waitpid(running.pid, os.WUNTRACED | os.WNOHANG)
    assert pid == 0 or os.WIFSTOPPED(status), "the command ended before it came to the point"
    return pid != 0
