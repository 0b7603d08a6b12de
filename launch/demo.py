"""
The demo: everything on this machine, from nothing to logins on the screen.

Its data comes from the management command `load_demo`; launch/welcome.py says
what that prints.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from launch.environment import Environment, ensure_pango
from launch.folders import demo_folder
from launch.postgres import PostgresServer, running_database_url
from launch.processes import Service, Supervisor, listening_socket, stop_on_signals
from launch.progress import Progress
from launch.starter_lock import AlreadyRunning, holder, is_locked
from launch.variables import demo_environ, keep_private
from launch.welcome import welcome

WEB_SECONDS = 60
SAMPLE = "sample.json"
LOADING = "sample.loading"  # Left behind where the loading broke off: half a sample is none.


class CommandFailed(Exception):
    """A management command ended with an error; the text holds what it said."""


class WebFailed(Exception):
    """The web server did not answer."""


def run_demo(project: Path, *, fresh: bool, port: int) -> int:
    """
    Start the demo and run it until Ctrl-C; return the exit status.

    `fresh` forgets all data first. `port` is the first one that is tried.
    """
    stop_on_signals()
    progress = Progress()
    environment = Environment(project)
    environment.prepare(progress)
    ensure_pango(progress)
    folder = demo_folder(project)
    if fresh or (folder / LOADING).exists():
        _forget(folder)
    server = PostgresServer(
        folder / "postgres", site_packages=environment.site_packages, durable=True
    )
    with progress.step("Starting the database"):
        server.start()
    try:
        return _run_on(server, environment, progress, folder=folder, port=port)
    except KeyboardInterrupt:
        return 0
    finally:
        server.stop()
        progress.say("Stopped. Nothing is left running; the data stays.")


def run_manage(project: Path, arguments: Sequence[str]) -> int:
    """
    Run a management command on the demo's database; return its exit status.

    The running demo's database is used, else it is started for this command.
    """
    stop_on_signals()
    progress = Progress(sys.stderr)
    environment = Environment(project)
    environment.prepare(progress)
    folder = demo_folder(project)
    running = running_database_url(folder / "postgres")
    if running is not None:
        return _managed(environment, arguments, demo_environ(folder, database_url=running))
    with PostgresServer(
        folder / "postgres", site_packages=environment.site_packages, durable=True
    ) as server:
        environ = demo_environ(folder, database_url=server.database_url)
        return _managed(environment, arguments, environ)


def _run_on(
    server: PostgresServer,
    environment: Environment,
    progress: Progress,
    *,
    folder: Path,
    port: int,
) -> int:
    listener = listening_socket(port)
    found_port = listener.getsockname()[1]
    environ = demo_environ(folder, database_url=server.database_url, port=found_port)
    with progress.step("Bringing the tables up to date"):
        _manage(environment, ["migrate", "--no-input"], environ)
        _manage(environment, ["install_broker"], environ)
    if not (folder / SAMPLE).exists():
        with progress.step("Loading a sample reseller"):
            (folder / LOADING).touch()
            told = _manage(environment, ["load_demo"], environ)
            keep_private(folder / SAMPLE, told)
            (folder / LOADING).unlink()
    supervisor = Supervisor(folder=environment.project, environ=environ, write=_write)
    supervisor.watch("database", server.process)
    try:
        with progress.step("Starting web, worker and beat"):
            for service in _services(environment, listener):
                supervisor.start(service)
            listener.close()
            _wait_for_web(found_port, supervisor)
        sample = json.loads((folder / SAMPLE).read_text())
        # The one setting of a server that the demo also takes, to try it.
        asked = os.environ.get("STAFF_SECOND_FACTOR", "").lower() in ("1", "true", "yes", "on")
        _write(welcome(sample, port=found_port, staff_second_factor=asked))
        while (ended := supervisor.ended()) is None:
            pass
        progress.say(f"{ended} Stopping the others.")
        return 1
    except KeyboardInterrupt:
        progress.say("\nStopping ...")
        return 0
    finally:
        supervisor.stop()


def _services(environment: Environment, listener: socket.socket) -> list[Service]:
    gunicorn = [
        *(environment.program("gunicorn"), "billing_portal.wsgi"),
        *("--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread"),
        *("--threads", "8", "--graceful-timeout", "3", "--log-level", "warning"),
        "--no-control-socket",
    ]
    celery = [environment.program("celery"), "--quiet", "-A", "billing_portal"]
    # Threads spare memory, but no time limit of a task holds in them; a server's worker forks.
    worker = [
        *(*celery, "worker", "--pool", "threads", "--concurrency", "4"),
        *("--without-mingle", "--without-gossip", "--without-heartbeat"),
        *("--loglevel", "WARNING"),
    ]
    scheduler = "django_celery_beat.schedulers:DatabaseScheduler"
    beat = [*celery, "beat", "--scheduler", scheduler, "--loglevel", "WARNING"]
    return [
        Service("web", gunicorn, pass_fds=(listener.fileno(),)),
        Service("worker", worker),
        Service("beat", beat),
    ]


def _wait_for_web(port: int, supervisor: Supervisor) -> None:
    give_up_at = time.monotonic() + WEB_SECONDS
    while time.monotonic() < give_up_at:
        ended = supervisor.ended()
        if ended is not None:
            raise WebFailed(ended)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/admin/login/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()
        return
    raise WebFailed(f"The web server did not answer within {WEB_SECONDS} seconds.")


def _manage(environment: Environment, arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    finished = subprocess.run(
        [environment.python, "manage.py", *arguments],
        cwd=environment.project,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        told = (finished.stdout + finished.stderr).splitlines()[-20:]
        raise CommandFailed("\n".join([f"manage.py {' '.join(arguments)} failed:", *told]))
    return finished.stdout


def _managed(environment: Environment, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """On the caller's terminal: a Ctrl-C is the command's, and we wait for its end."""
    command = [str(environment.python), str(environment.project / "manage.py"), *arguments]
    with subprocess.Popen(command, env=dict(environ)) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                child.terminate()


def _forget(folder: Path) -> None:
    lock = folder / "postgres" / "starter.lock"
    if is_locked(lock):
        raise AlreadyRunning(holder(lock))
    for name in ("postgres", "mail"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in (SAMPLE, LOADING):
        (folder / name).unlink(missing_ok=True)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
