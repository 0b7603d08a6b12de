"""All tests and checks, on a database of their own."""

import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch.environment import Environment, ensure_chromium, ensure_pango
from launch.folders import server_user, temporary_folder
from launch.postgres import temporary_server
from launch.processes import stop_on_signals
from launch.progress import Progress
from launch.variables import production_environ, test_environ


@dataclass(frozen=True)
class Check:
    """One command and the variables that it needs besides those of the tests."""

    name: str
    command: Sequence[str | Path]
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: bool
    seconds: float


def run_checks(project: Path, pytest_arguments: Sequence[str]) -> int:
    """
    Run every check and all tests, to the end; return 0 if all passed, else 1.

    With arguments only the tests run, and pytest gets them. The last line
    printed counts the tests.
    """
    stop_on_signals()
    progress = Progress()
    environment = Environment(project)
    environment.prepare(progress)
    ensure_pango(progress)
    ensure_chromium(progress)
    folder = temporary_folder(user=server_user())
    with (
        temporary_server(folder, site_packages=environment.site_packages) as server,
        tempfile.TemporaryDirectory() as reports,
    ):
        environ = test_environ(database_url=server.database_url)
        checks = [] if pytest_arguments else checks_of(environment)
        outcomes = [_run(check, environ, project) for check in checks]
        report = Path(reports) / "tests.xml"
        tests = _pytest(environment, pytest_arguments or ["-n", "2"], report)
        outcomes.append(_run(tests, environ, project))
        _summarize(outcomes)
        passed, failed, skipped = count_tests(report)
    if not outcomes[-1].passed:
        failed = max(failed, 1)
    print(f"tests: {passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 0 if failed == 0 and all(outcome.passed for outcome in outcomes) else 1


def checks_of(environment: Environment) -> list[Check]:
    """Return the checks in the order in which they run, quick ones first."""
    python = str(environment.python)
    deployment = [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return [
        Check("ruff check", [environment.program("ruff"), "check"]),
        Check("ruff format", [environment.program("ruff"), "format", "--check"]),
        Check("import-linter", [environment.program("lint-imports")]),
        Check("mypy", [environment.program("mypy")]),
        Check("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("deployment", deployment, production_environ()),
    ]


def count_tests(report: Path) -> tuple[int, int, int]:
    """Return how many tests passed, failed (or broke) and were skipped, from a JUnit report."""
    try:
        # Written by our own pytest a moment ago.
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314
    except (OSError, ElementTree.ParseError):
        return 0, 1, 0
    total = sum(int(suite.get("tests", "0")) for suite in suites)
    skipped = sum(int(suite.get("skipped", "0")) for suite in suites)
    broken = ("failures", "errors")
    failed = sum(int(suite.get(name, "0")) for suite in suites for name in broken)
    return total - failed - skipped, failed, skipped


def _pytest(environment: Environment, arguments: Sequence[str], report: Path) -> Check:
    command = [str(environment.python), "-m", "pytest", f"--junitxml={report}", *arguments]
    return Check("pytest", command)


def _run(check: Check, environ: Mapping[str, str], project: Path) -> Outcome:
    print(f"\n== {check.name}", flush=True)
    started_at = time.monotonic()
    finished = subprocess.run(
        check.command,
        cwd=project,
        env={**environ, **check.environ},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Outcome(check.name, finished.returncode == 0, time.monotonic() - started_at)


def _summarize(outcomes: Sequence[Outcome]) -> None:
    print("\n== summary")
    for outcome in outcomes:
        word = "ok" if outcome.passed else "FAILED"
        print(f"{outcome.name:<16}{word:<8}{outcome.seconds:6.1f} s")
    sys.stdout.flush()
