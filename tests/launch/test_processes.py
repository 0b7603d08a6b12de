import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.lifeline import alive
from launch.processes import NoFreePort, Service, Supervisor, listening_socket

PROJECT = Path(__file__).resolve().parents[2]
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
SUPERVISED = """
import os, sys
from pathlib import Path
from launch.processes import Service, Supervisor, stop_on_signals
stop_on_signals()
supervisor = Supervisor(folder=Path("/"), environ=os.environ, write=sys.stdout.write)
try:
    for name in ("one", "two"):
        program = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
        supervisor.start(Service(name, [sys.executable, "-c", program]))
    while supervisor.ended() is None:
        sys.stdout.flush()
except KeyboardInterrupt:
    pass
finally:
    supervisor.stop()
"""


@pytest.fixture
def printed() -> list[str]:
    return []


@pytest.fixture
def supervisor(printed: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(folder=PROJECT, environ={}, write=printed.append)
    yield made
    made.stop()


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def sentence_of(supervisor: Supervisor) -> str:
    patience = time.monotonic() + 20
    while time.monotonic() < patience:
        sentence = supervisor.ended()
        if sentence is not None:
            return sentence
    raise AssertionError("no service ended")


def test_a_service_that_ends_is_named_with_its_status(supervisor: Supervisor) -> None:
    supervisor.start(Service("web", python("import time; time.sleep(60)")))
    supervisor.start(Service("worker", python("raise SystemExit(3)")))

    assert sentence_of(supervisor) == "worker ended by itself (exit status 3)."


def test_a_watched_process_that_ends_is_named_too(supervisor: Supervisor) -> None:
    database = subprocess.Popen(python("import time; time.sleep(60)"))
    supervisor.watch("database", database)

    database.kill()

    assert sentence_of(supervisor) == "database ended by itself (signal 9)."


def test_each_line_is_printed_under_the_services_name(
    supervisor: Supervisor, printed: list[str]
) -> None:
    supervisor.start(Service("web", python("print('first\\nsecond', end='')")))

    sentence_of(supervisor)
    supervisor.stop()

    assert printed == ["web    | first\n", "web    | second\n"]


def test_a_service_that_does_not_stop_is_killed(
    supervisor: Supervisor, printed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launch.processes.STOP_SECONDS", 0.5)
    supervisor.start(Service("worker", python(STUBBORN)))
    while not printed:
        assert supervisor.ended() is None

    supervisor.stop()

    assert supervisor.ended() == "worker ended by itself (signal 9)."


@pytest.mark.parametrize("stop_signal", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_running(stop_signal: signal.Signals) -> None:
    starter = subprocess.Popen(
        python(SUPERVISED), cwd=PROJECT, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert starter.stdout is not None
    pids = [int(starter.stdout.readline().split("|")[1]) for _ in range(2)]
    assert all(alive(pid) for pid in pids)

    starter.send_signal(stop_signal)
    starter.communicate(timeout=20)

    assert [alive(pid) for pid in pids] == [False, False]


def test_a_taken_port_moves_on() -> None:
    with listening_socket(18500) as first, listening_socket(first.getsockname()[1]) as second:
        assert second.getsockname()[0] == "127.0.0.1"
        assert second.getsockname()[1] > first.getsockname()[1]


def test_the_port_is_held_from_the_moment_it_is_found() -> None:
    with listening_socket(18600) as listener:
        address = listener.getsockname()

        with socket.create_connection(address, timeout=5) as connection:
            assert connection.getpeername() == address


def test_no_free_port_is_said_with_the_way_out() -> None:
    with pytest.raises(NoFreePort, match="Name another with --port"):
        listening_socket(65536)
