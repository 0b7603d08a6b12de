import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from launch.lifeline import alive, kill_session, spawn

PROJECT = Path(__file__).resolve().parents[2]

PARENT = """
import signal, sys, time
from launch.lifeline import spawn
child = spawn(
    [sys.executable, "-c", sys.argv[1]],
    dying_signal=signal.SIGTERM,
    use_watcher=sys.argv[2] == "watcher",
    output=None,
)
print(child.pid, flush=True)
time.sleep(60)
"""
SLEEPER = "import time; time.sleep(60)"


def wait_until_gone(pid: int) -> bool:
    patience = time.monotonic() + 20
    while alive(pid) and time.monotonic() < patience:
        time.sleep(0.05)
    return not alive(pid)


@pytest.mark.parametrize("way", ["kernel", "watcher"])
def test_a_child_stops_when_its_parent_is_killed(way: str) -> None:
    if way == "kernel" and sys.platform != "linux":
        pytest.skip("only Linux tells a child of its parent's death")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, SLEEPER, way],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child_pid = int(parent.stdout.readline())
    time.sleep(0.3)
    assert alive(child_pid)

    parent.kill()
    parent.wait()

    assert wait_until_gone(child_pid)


def test_a_session_is_killed_with_all_that_it_started() -> None:
    shell = spawn(
        ["/bin/sh", "-c", "sleep 60 & echo $!; wait"],
        dying_signal=signal.SIGTERM,
        output=subprocess.PIPE,
    )
    assert shell.stdout is not None
    sleeper_pid = int(shell.stdout.readline())

    kill_session(shell)

    assert wait_until_gone(sleeper_pid)
