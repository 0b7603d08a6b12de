"""
Children that stop when their parent dies, however it dies.

On Linux the kernel sends them a signal. Elsewhere a small watcher holds the
other end of a pipe: when the parent is gone the pipe closes and the watcher
sends the signal. Run as a program, this file is that watcher.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from launch.folders import ServerUser

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 15

_watchers: list[subprocess.Popen[bytes]] = []


def spawn(
    command: Sequence[str | Path],
    *,
    dying_signal: signal.Signals,
    user: ServerUser | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    output: int | IO[bytes] | None = None,
    pass_fds: Sequence[int] = (),
    use_watcher: bool = sys.platform != "linux",
) -> subprocess.Popen[bytes]:
    """
    Start `command` in a session of its own; `dying_signal` reaches it when we die.

    `output` takes both its standard streams; its input is empty. Call it from
    the main thread: the kernel ties the child to the thread that made it.
    """
    child = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        env=None if environ is None else dict(environ),
        cwd=folder,
        start_new_session=True,
        pass_fds=pass_fds,
        user=None if user is None else user.uid,
        group=None if user is None else user.gid,
        extra_groups=None if user is None else [],
        # Nothing of ours runs in threads, and the function only calls the kernel.
        preexec_fn=None if use_watcher else _asking_the_kernel(dying_signal),  # noqa: PLW1509
    )
    if use_watcher:
        _watch(child.pid, dying_signal)
    return child


def end(
    child: subprocess.Popen[bytes],
    *,
    stop_signal: signal.Signals,
    seconds: float,
) -> None:
    """Send `stop_signal`, wait up to `seconds`, then kill what is left of its session."""
    if child.poll() is None:
        child.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
    kill_session(child)


def kill_session(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and everything it started that stayed in its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _asking_the_kernel(dying_signal: signal.Signals) -> Callable[[], None]:
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(dying_signal), 0, 0, 0)
        if os.getppid() != parent:  # It died before we asked.
            os._exit(1)

    return ask


def _watch(pid: int, dying_signal: signal.Signals) -> None:
    command = [sys.executable, __file__, str(pid), str(int(dying_signal))]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    watcher = subprocess.Popen(
        command, stdin=subprocess.PIPE, start_new_session=True, env=environ, cwd="/"
    )
    for earlier in [one for one in _watchers if one.poll() is not None]:
        _watchers.remove(earlier)
    _watchers.append(watcher)


def alive(pid: int) -> bool:
    """Return whether there is such a process, ours or not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def watch_over(pid: int, dying_signal: int, pipe: Any) -> None:
    """Wait until the pipe closes or the process ends; in the first case end the process."""
    while alive(pid):
        readable, _, _ = select.select([pipe], [], [], 1.0)
        if not readable:
            continue
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, dying_signal)
            patience = time.monotonic() + GRACE_SECONDS
            while time.monotonic() < patience:
                os.kill(pid, 0)
                time.sleep(0.1)
            os.kill(pid, signal.SIGKILL)
        return


if __name__ == "__main__":
    watch_over(int(sys.argv[1]), int(sys.argv[2]), sys.stdin.buffer)
