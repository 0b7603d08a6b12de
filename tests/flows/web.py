"""
A real web server of one process, which a test can arm.

The server stays, and so does its socket: where its web process is killed, another takes its place,
and who asks again is answered by that one.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.flows.failing_processes import QUIET
from tests.flows.processes import PROJECT, environ, wait_for

UNLIMITED = {"API_REQUESTS_PER_MINUTE": "10000000", "API_EVENTS_PER_MINUTE": "1000000000"}


class Died(Exception):
    """The web process ended before it had answered."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class WebClient:
    """A partner's program: it sends `key` as bearer over a connection of each request's own."""

    port: int
    key: str

    def post(self, path: str, body: Any) -> Answer:
        """Return the answer to a POST of a value as JSON; see `send`."""
        return self.send("POST", path, json.dumps(body).encode())

    def send(
        self, method: str, path: str, body: bytes, *, media_type: str = "application/json"
    ) -> Answer:
        """
        Return the answer to a request below /api/v1.

        :raises Died: there was none.
        """
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": media_type,
            "Connection": "close",
        }
        try:
            line.request(method, f"/api/v1{path}", body, headers)
            came = line.getresponse()
            content = came.read()
        except (ConnectionError, http.client.HTTPException) as error:
            raise Died from error
        finally:
            line.close()
        return Answer(came.status, dict(came.getheaders()), json.loads(content))


@dataclass(frozen=True)
class Web:
    """A running server; `folder` knows its web process."""

    port: int
    folder: Path

    def client(self, key: str) -> WebClient:
        """Return a program that calls this server."""
        return WebClient(self.port, key)

    def arm(self, failpoints: str) -> int:
        """Replace the web process by one that is armed, and return its process id."""
        before = wait_for(self.worker, what="no web process")
        (self.folder / "order").write_text(failpoints)
        os.kill(before, signal.SIGKILL)
        return wait_for(lambda: self._other_than(before), what="no web process in its place")

    def worker(self) -> int | None:
        """Return the process id of the web process, None where it ended and none is there yet."""
        found = list(self.folder.glob("worker-*"))
        return int(found[0].name.partition("-")[2]) if len(found) == 1 else None

    def _other_than(self, before: int) -> int | None:
        found = self.worker()
        return None if found == before else found


@contextmanager
def web(folder: Path, **variables: str) -> Iterator[Web]:
    """Run a server on the test database until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "web.log"
    with log.open("wb") as output, subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "billing_portal.wsgi",
            "--config", "python:tests.flows.web_armed", "--bind", f"127.0.0.1:{port}",
        ],
        cwd=PROJECT,
        env=environ(**{**QUIET, **UNLIMITED, "WEB_FOLDER": str(folder), **variables}),
        stdout=output,
        stderr=subprocess.STDOUT,
    ) as running:  # fmt: skip
        started = Web(port, folder)
        try:
            wait_for(started.worker, what="the web", log=log)
            yield started
        finally:
            running.send_signal(signal.SIGQUIT)  # at once, whatever its threads wait for


def is_halted(pid: int) -> bool:
    """Return whether a process that is not our own child halts."""
    said = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return said.stdout.strip().startswith("T")
