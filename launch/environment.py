"""The virtual environment of the project, filled from its lock."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from launch.progress import Progress
from launch.system_packages import CHROMIUM, PANGO, VENV, chromium, install, pango_is_here, to_type

LOCK = "requirements.lock"


class EnvironmentFailed(Exception):
    """The environment cannot be made; the text says what to do."""


class Environment:
    """`.venv` of the project in `folder`."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.folder = project / ".venv"
        self._stamp = self.folder / "installed.stamp"
        self._log = self.folder / "install.log"

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def site_packages(self) -> tuple[Path, ...]:
        base = {"base": str(self.folder), "platbase": str(self.folder)}
        return tuple(
            Path(sysconfig.get_path(name, scheme="venv", vars=base))
            for name in ("purelib", "platlib")
        )

    def program(self, name: str) -> str:
        """Return the path of a command that the packages brought."""
        return str(self.folder / "bin" / name)

    def prepare(self, progress: Progress) -> None:
        """
        Make the environment and install the lock; a second time it only compares the stamp.

        :raises EnvironmentFailed: where Python's venv or a package is missing.
        """
        wanted = self._fingerprint()
        found = self._stamp.read_text() if self._stamp.exists() else ""
        if found == wanted and self._runs():
            return
        _check_venv(progress)
        # The programs of an environment hold its path: a moved one is made anew.
        moved = found != "" and found.splitlines()[0] != str(self.folder)
        if moved or not self._runs():
            with progress.step("Making the virtual environment in .venv"):
                shutil.rmtree(self.folder, ignore_errors=True)
                self._run([sys.executable, "-m", "venv", str(self.folder)])
        with progress.step("Installing the packages (about a minute and 1.4 GB, once)"):
            command = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check"]
            lock = str(self.project / LOCK)
            self._run([*command, "--no-input", "--require-hashes", "--requirement", lock])
        self._stamp.write_text(wanted)

    def _fingerprint(self) -> str:
        lock = (self.project / LOCK).read_bytes()
        version = " ".join(sys.version.split())
        return f"{self.folder}\n{version}\n{hashlib.sha256(lock).hexdigest()}\n"

    def _runs(self) -> bool:
        """Whether its Python is there and of our version: the system's may be newer by now."""
        if not self.python.exists():
            return False
        asked = subprocess.run(
            [self.python, "-c", "import sys; print(sys.version)"],
            capture_output=True,
            text=True,
            check=False,
        )
        return asked.returncode == 0 and asked.stdout.strip() == sys.version.strip()

    def _run(self, command: list[str]) -> None:
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        finished = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environ,
            check=False,
        )
        if self.folder.exists():
            self._log.write_bytes(finished.stdout)
        if finished.returncode != 0:
            told = finished.stdout.decode(errors="replace").splitlines()[-15:]
            raise EnvironmentFailed("This failed: " + "\n".join([" ".join(command), *told]))


def ensure_pango(progress: Progress) -> None:
    """Install the libraries that PDFs need, or say what is missing: all else works without."""
    if pango_is_here():
        return
    with progress.step("Installing Pango, which PDFs need"):
        install(PANGO)
    if not pango_is_here():
        progress.say(f"No PDFs without Pango. To have them, type: {to_type(PANGO)}")


def ensure_chromium(progress: Progress) -> None:
    """Install the browser of the browser tests, or say what is missing: they are skipped then."""
    if chromium():
        return
    with progress.step("Installing Chromium, in which the pages are tested"):
        install(CHROMIUM)
    if not chromium():
        progress.say(f"No browser tests without Chromium. To have them, type: {to_type(CHROMIUM)}")


def _check_venv(progress: Progress) -> None:
    if _venv_is_here():
        return
    with progress.step("Installing Python's venv"):
        install(VENV)
    importlib.invalidate_caches()
    if not _venv_is_here():
        raise EnvironmentFailed(f"Python's venv is missing here. Type: {to_type(VENV)}")


def _venv_is_here() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("ensurepip", "venv"))
