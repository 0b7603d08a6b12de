"""Installs what only the system's package manager has, where we may; else says what to type."""

import ctypes
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ON_MACOS = platform.system() == "Darwin"
HOMEBREW_LIBRARIES = ("/opt/homebrew/lib", "/usr/local/lib")
BROWSERS = (
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chromium-browser",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


@dataclass(frozen=True)
class SystemPackage:
    """One need, under the names that the package managers give it; an empty name is none."""

    debian: tuple[str, ...]
    fedora: tuple[str, ...]
    homebrew: tuple[str, ...]
    ubuntu: tuple[str, ...] = ()  # Where its name is not Debian's.


PANGO = SystemPackage(
    debian=("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    fedora=("pango",),
    homebrew=("pango",),
)
CHROMIUM = SystemPackage(
    debian=("chromium",),
    fedora=("chromium",),
    homebrew=("google-chrome",),
    ubuntu=("chromium-browser",),
)
VENV = SystemPackage(debian=("python3-venv",), fedora=("python3-pip",), homebrew=("python",))
PANGO_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")


def install_line(package: SystemPackage) -> list[str]:
    """Return the command that installs the package here, empty where we know no manager."""
    if shutil.which("apt-get"):
        return ["apt-get", "install", "-y", "--no-install-recommends", *_apt_names(package)]
    if shutil.which("dnf"):
        return ["dnf", "install", "-y", *package.fedora]
    if shutil.which("brew"):
        return ["brew", "install", *package.homebrew]
    return []


def to_type(package: SystemPackage) -> str:
    """Return the line for a person to type."""
    line = install_line(package)
    if not line:
        return "your package manager's line for " + " ".join(package.debian)
    words = [word for word in line if word not in ("-y", "--no-install-recommends")]
    return " ".join(words if line[0] == "brew" or os.geteuid() == 0 else ["sudo", *words])


def install(package: SystemPackage) -> bool:
    """Install the package if this account may; return whether the manager says it did."""
    line = install_line(package)
    if not line or (os.geteuid() != 0) != (line[0] == "brew"):
        return False
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if line[0] == "apt-get":
        # A new machine has no list of packages yet; an old list may do when this fails.
        _quietly(["apt-get", "update"], environ)
    return _quietly(line, environ)


def pango_is_here() -> bool:
    """Return whether the libraries that make PDFs can be loaded."""
    return all(_loads(name) for name in PANGO_LIBRARIES)


def chromium() -> str | None:
    """Return the path of the system's Chromium or Chrome, the first that starts; None without."""
    found = filter(None, map(shutil.which, BROWSERS))
    # Ubuntu has a program of that name that only says where the real one is to be had.
    return next((path for path in found if _quietly([path, "--version"], None)), None)


def library_environ() -> dict[str, str]:
    """Return the variables with which programs find Homebrew's libraries on macOS."""
    if not ON_MACOS:
        return {}
    return {"DYLD_FALLBACK_LIBRARY_PATH": ":".join(HOMEBREW_LIBRARIES)}


def _apt_names(package: SystemPackage) -> tuple[str, ...]:
    try:
        system = platform.freedesktop_os_release()["ID"]
    except OSError:
        system = "debian"
    return package.ubuntu if package.ubuntu and system == "ubuntu" else package.debian


def _loads(name: str) -> bool:
    if ON_MACOS:
        files = [f"{folder}/lib{name}.0.dylib" for folder in HOMEBREW_LIBRARIES]
        return any(Path(file).exists() for file in files)
    try:
        ctypes.CDLL(f"lib{name}.so.0")
    except OSError:
        return False
    return True


def _quietly(command: list[str], environ: dict[str, str] | None) -> bool:
    try:
        finished = subprocess.run(
            command, env=environ, capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
    except OSError:
        return False
    return finished.returncode == 0
