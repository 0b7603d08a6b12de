"""Real worker, scheduler and broker processes for tests, on the test database."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlencode

from django.db import connection

PROJECT = Path(__file__).parents[2]
# Not a limit that is tested: only when to give up on something that hangs.
PATIENCE_SECONDS = 90

T = TypeVar("T")
_BREATH = threading.Event()


def database_url() -> str:
    """Return the address of the test database for another process."""
    parameters = connection.get_connection_params()
    places = {"host": parameters.get("host"), "port": parameters.get("port")}
    options = urlencode({name: value for name, value in places.items() if value})
    user, password = quote(parameters.get("user") or ""), parameters.get("password")
    account = f"{user}:{quote(password, safe='')}" if password else user
    return f"postgres://{account}@/{parameters['dbname']}?{options}"


def environ(*, broker_url: str = "pgmq://", **extra: str) -> dict[str, str]:
    """Return the variables of a process that works on the test database."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "BROKER_URL": broker_url,
        "HTTPS": "false",
        "SECRET_KEY": "a key of the tests alone",
        "LOG_LEVEL": "INFO",
        **extra,
    }


def manage(*arguments: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a management command in a process of its own and return what it said."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=dict(variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


@contextmanager
def process(
    *command: str, variables: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command with its children until the block ends; its output goes to `log`."""
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=PROJECT,
            env=dict(variables),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield running
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGTERM)
                try:
                    running.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    os.killpg(running.pid, signal.SIGKILL)
                    running.wait()


def worker(
    *, variables: Mapping[str, str], log: Path
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Run a Celery worker until the block ends."""
    return process(
        "celery", "-A", "billing_portal", "worker", "--pool", "threads", "--concurrency", "2",
        "--without-mingle", "--without-gossip", "--loglevel", "INFO",
        variables=variables, log=log,
    )  # fmt: skip


def scheduler(
    *, variables: Mapping[str, str], log: Path
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Run Celery beat until the block ends."""
    return process(
        "celery", "-A", "billing_portal", "beat", "--max-interval", "1", "--loglevel", "INFO",
        "--scheduler", "django_celery_beat.schedulers:DatabaseScheduler",
        variables=variables, log=log,
    )  # fmt: skip


def wait_for(found: Callable[[], T | None], *, what: str, log: Path | None = None) -> T:
    """Return what `found` returns once it is something; give up with the processes' output."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        result = found()
        if result:
            return result
        _BREATH.wait(0.05)  # the processes that are waited for need the processor more
    said = log.read_text(errors="replace")[-4000:] if log is not None and log.exists() else ""
    raise AssertionError(f"{what}: nothing within {PATIENCE_SECONDS} s\n{said}")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a Redis server of our own and yield its address; needs `redis-server` on the path."""
    program = shutil.which("redis-server")
    assert program is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: _answers(port), what="Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        running.terminate()
        running.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
