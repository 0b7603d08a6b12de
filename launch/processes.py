"""Starts services, labels what they print, and stops them all together."""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from launch.lifeline import kill_session, spawn

STOP_SECONDS = 8
PORTS_TRIED = 100


class NoFreePort(Exception):
    """Every port that was tried is taken."""


@dataclass(frozen=True)
class Service:
    """A program that runs until it is stopped; it may inherit open descriptors."""

    name: str
    command: Sequence[str | Path]
    pass_fds: tuple[int, ...] = ()


class Supervisor:
    """Runs services until one ends or somebody stops us, then stops every one."""

    def __init__(self, *, folder: Path, environ: Mapping[str, str], write: Callable[[str], None]):
        self._folder = folder
        self._environ = environ
        self._write = write
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._watched: dict[str, subprocess.Popen[bytes]] = {}
        self._selector = selectors.DefaultSelector()
        self._unfinished: dict[str, bytes] = {}

    def start(self, service: Service) -> None:
        """Start a service and begin to print its lines under its name."""
        child = spawn(
            service.command,
            dying_signal=signal.SIGTERM,
            environ=self._environ,
            folder=self._folder,
            output=subprocess.PIPE,
            pass_fds=service.pass_fds,
        )
        self._children[service.name] = child
        if child.stdout is not None:
            self._selector.register(child.stdout, selectors.EVENT_READ, service.name)

    def watch(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Note a process that somebody else stops: its end ends all."""
        self._watched[name] = process

    def ended(self) -> str | None:
        """Print what came; return a sentence about a service that ended, else None."""
        self._print_lines(0.2)
        for name, child in (self._children | self._watched).items():
            status = child.poll()
            if status is not None:
                how = f"signal {-status}" if status < 0 else f"exit status {status}"
                return f"{name} ended by itself ({how})."
        return None

    def stop(self) -> None:
        """Ask all to stop, wait some seconds, kill the rest. A second Ctrl-C does not wait."""
        hurry = _Hurry()
        give_up_at = time.monotonic() + STOP_SECONDS
        running = list(self._children.values())
        with hurry.on_signals():
            for child in running:
                if child.poll() is None:
                    with contextlib.suppress(ProcessLookupError):
                        child.terminate()
            while any(child.poll() is None for child in running):
                self._print_lines(0.1)
                if hurry.asked or time.monotonic() > give_up_at:
                    break
            for child in running:
                kill_session(child)
            self._print_lines(0)

    def _print_lines(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            chunk = os.read(key.fd, 65536)
            text = self._unfinished.pop(key.data, b"") + chunk
            *lines, rest = text.split(b"\n")
            if chunk and rest:
                self._unfinished[key.data] = rest
            elif rest:
                lines.append(rest)
            for line in lines:
                self._write(f"{key.data:<7}| {line.decode(errors='replace').rstrip()}\n")
            if not chunk:
                self._selector.unregister(key.fileobj)


class _Hurry:
    """Notes a further Ctrl-C while we stop, instead of breaking off half-way."""

    asked = False

    @contextlib.contextmanager
    def on_signals(self) -> Iterator[None]:
        before = {
            number: signal.signal(number, self._note)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def stop_on_signals() -> None:
    """
    Let SIGTERM and a closed terminal end us as Ctrl-C does, so that nothing stays behind.

    Ctrl-C as well: a shell that starts us in the background would have us ignore it.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def listening_socket(first_port: int) -> socket.socket:
    """
    Return a socket of this machine that listens on `first_port` or the next free one.

    It stays open until the web server has it, so that nobody takes the port in between.

    :raises NoFreePort: where a hundred ports in a row are taken.
    """
    for port in range(first_port, min(first_port + PORTS_TRIED, 65536)):
        if _answers_on_ipv6(port):
            continue
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        return listener
    raise NoFreePort(f"No port from {first_port} up is free. Name another with --port.")


def _answers_on_ipv6(port: int) -> bool:
    """`localhost` may mean ::1 first, where another program could listen on the same port."""
    if not socket.has_ipv6:
        return False
    try:
        with socket.create_connection(("::1", port), timeout=0.5):
            return True
    except OSError:
        return False
