"""What the system's package manager brings: installed where we may, named where we may not."""

import io
import os
import platform
from collections.abc import Callable
from pathlib import Path

import pytest

from launch import system_packages
from launch.environment import ensure_chromium, ensure_pango
from launch.progress import Progress
from launch.system_packages import BROWSERS, CHROMIUM, PANGO, chromium, install, to_type

Program = Callable[[str, str], Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts a program of these shell words on a path that else is empty."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(
        system_packages, "BROWSERS", [name for name in BROWSERS if not name.startswith("/")]
    )
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": "debian"})

    def put(name: str, words: str) -> Path:
        path = programs / name
        path.write_text(f"#!/bin/sh\n{words}\n")
        path.chmod(0o755)
        return path

    return put


def _become(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)


def _told(ensure: Callable[[Progress], None]) -> str:
    told = io.StringIO()
    ensure(Progress(told))
    return told.getvalue()


def test_what_is_here_is_not_installed_again(program: Program) -> None:
    program("chromium", "exit 0")
    program("apt-get", "echo must not run >&2; exit 1")

    assert _told(ensure_chromium) == ""


def test_root_installs_a_missing_browser(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _become(0, monkeypatch)
    browser = tmp_path / "programs" / "chromium"
    words = f"printf '#!/bin/sh\\n' > {browser}; PATH=/bin:/usr/bin chmod 755 {browser}"
    program("apt-get", f'echo "$@" >> {tmp_path}/asked\n[ "$1" = update ] || {{ {words}; }}')

    told = _told(ensure_chromium)

    assert told.startswith("Installing Chromium")
    assert "type" not in told
    assert chromium() == str(browser)
    assert (tmp_path / "asked").read_text().splitlines() == [
        "update",
        "install -y --no-install-recommends chromium",
    ]


@pytest.mark.parametrize(
    "manager, user, line",
    [
        ("apt-get", 1000, "sudo apt-get install chromium"),
        ("apt-get", 0, "apt-get install chromium"),
        ("dnf", 1000, "sudo dnf install chromium"),
        ("brew", 1000, "brew install google-chrome"),
    ],
)
def test_a_browser_that_could_not_be_installed_is_named_with_the_line_to_type(
    program: Program, monkeypatch: pytest.MonkeyPatch, manager: str, user: int, line: str
) -> None:
    _become(user, monkeypatch)
    program(manager, "exit 1")

    told = _told(ensure_chromium)

    assert told.endswith(f"No browser tests without Chromium. To have them, type: {line}\n")


def test_missing_pango_is_named_with_the_line_to_type(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    _become(1000, monkeypatch)
    monkeypatch.setattr(system_packages, "PANGO_LIBRARIES", ("no-such-library",))
    program("dnf", "exit 1")

    told = _told(ensure_pango)

    assert told.endswith("No PDFs without Pango. To have them, type: sudo dnf install pango\n")


def test_without_a_package_manager_the_need_is_still_named(program: Program) -> None:
    assert not install(CHROMIUM)
    assert to_type(CHROMIUM) == "your package manager's line for chromium"
    assert to_type(PANGO).startswith("your package manager's line for libpango")


def test_the_system_is_changed_by_root_alone_and_homebrew_by_anybody_else(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: dict[tuple[str, int], bool] = {}
    for manager in ("brew", "apt-get"):
        program(manager, "exit 0")
        for user in (0, 1000):
            _become(user, monkeypatch)
            installed[manager, user] = install(CHROMIUM)

    assert installed == {
        ("brew", 0): False,
        ("brew", 1000): True,
        ("apt-get", 0): True,
        ("apt-get", 1000): False,
    }


def test_ubuntu_has_the_browser_under_a_name_of_its_own(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    _become(0, monkeypatch)
    program("apt-get", "exit 0")
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": "ubuntu"})

    assert to_type(CHROMIUM) == "apt-get install chromium-browser"
    assert to_type(PANGO).startswith("apt-get install libpango-1.0-0")


def test_a_browser_that_does_not_start_is_none(program: Program) -> None:
    program("chromium", "exit 1")
    assert chromium() is None

    chrome = program("google-chrome", "exit 0")
    assert chromium() == str(chrome)
