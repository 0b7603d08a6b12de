"""Measurements, on a database of their own."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from launch.environment import Environment
from launch.folders import server_user, temporary_folder
from launch.postgres import temporary_server
from launch.processes import stop_on_signals
from launch.progress import Progress
from launch.variables import test_environ

# What waits for a commit is measured where a commit waits for the disk.
_OF_COMMITS = ("ingest",)


def run_benchmark(project: Path, words: Sequence[str]) -> int:
    """Run one of the measurements in `benchmarks/`, named by the first word; return its status."""
    known = sorted(path.stem for path in (project / "benchmarks").glob("[a-z]*.py"))
    if not words or words[0] not in known:
        print(f"Which measurement? One of: {', '.join(known)}")
        return 2
    stop_on_signals()
    environment = Environment(project)
    environment.prepare(Progress())
    folder = temporary_folder(user=server_user())
    with temporary_server(
        folder, site_packages=environment.site_packages, durable=words[0] in _OF_COMMITS
    ) as server:
        environ = {
            **test_environ(database_url=server.database_url),
            "DJANGO_SETTINGS_MODULE": "billing_portal.settings",
        }
        command = [str(environment.python), "-m", f"benchmarks.{words[0]}", *words[1:]]
        return subprocess.run(command, cwd=project, env=environ, check=False).returncode
