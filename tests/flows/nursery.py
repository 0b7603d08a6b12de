"""
Processes that are forked from one which has everything loaded, each armed for itself.

A process of its own for each kill takes seconds to load; these are there at once, and die by the
same kill -9. `python -m tests.flows.nursery` reads orders from its input, a line of JSON each.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.flows.failing_processes import QUIET
from tests.flows.processes import PROJECT, environ


class Nursery:
    """The loaded process, and the children that it was told to have."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self._running = running

    def run(self, code: str, *, failpoints: str = "") -> int:
        """Run Python code in a child, armed, and return how it ended: 0, or minus the signal."""
        return self.ended(self.start(code, failpoints=failpoints))

    def start(self, code: str, *, failpoints: str = "") -> int:
        """Begin to run Python code in a child, armed, and return its process id."""
        return self._asked(code=code, failpoints=failpoints)

    def halted(self, pid: int) -> bool:
        """Wait until the child halts, True, or ends, False."""
        return bool(self._asked(halted=pid))

    def ended(self, pid: int) -> int:
        """Wait for the end of a child and return it: 0, or minus the signal."""
        return self._asked(ended=pid)

    def _asked(self, **order: Any) -> int:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write(f"{json.dumps(order)}\n")
        self._running.stdin.flush()
        return int(self._running.stdout.readline())


@contextmanager
def nursery(**variables: str) -> Iterator[Nursery]:
    """Run such a process on the test database until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.flows.nursery"],
        cwd=PROJECT,
        env=environ(**QUIET, DJANGO_SETTINGS_MODULE="billing_portal.settings", **variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield Nursery(running)
        finally:
            running.kill()


def _work() -> None:
    """Do what the lines say: the mother opens no connection that a child could share."""
    import django

    django.setup()
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018  loads all that tasks and operations need
    for line in sys.stdin:
        order = json.loads(line)
        if "code" in order:
            answer = _child(order["code"], order["failpoints"])
        elif "halted" in order:
            _, status = os.waitpid(order["halted"], os.WUNTRACED)
            answer = int(os.WIFSTOPPED(status))
        else:
            _, status = os.waitpid(order["ended"], 0)
            answer = os.waitstatus_to_exitcode(status)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _child(code: str, failpoints: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    from values.failpoints import arm

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what it says is not taken for an answer
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ended = 1
    try:
        arm(failpoints)
        exec(compile(code, "<the child>", "exec"), {})
        ended = 0
    finally:
        sys.stderr.flush()
        os._exit(ended)


if __name__ == "__main__":
    _work()
