import io
from pathlib import Path

import pytest

from launch.environment import Environment, EnvironmentFailed
from launch.progress import Progress


def test_a_second_start_installs_nothing_until_the_lock_changes(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    environment = Environment(tmp_path)
    told = [io.StringIO() for _ in range(3)]

    environment.prepare(Progress(told[0]))
    environment.prepare(Progress(told[1]))
    (tmp_path / "requirements.lock").write_text("# nothing more\n")
    environment.prepare(Progress(told[2]))

    first, second, third = (one.getvalue() for one in told)
    assert "Making the virtual environment" in first
    assert "Installing the packages" in first
    assert second == ""
    assert "Making the virtual environment" not in third
    assert "Installing the packages" in third
    assert environment.python.exists()
    assert all(path.is_dir() for path in environment.site_packages)


def test_a_moved_environment_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    (tmp_path / "before" / "requirements.lock").write_text("")
    Environment(tmp_path / "before").prepare(Progress(io.StringIO()))
    (tmp_path / "before").rename(tmp_path / "after")
    told = io.StringIO()

    Environment(tmp_path / "after").prepare(Progress(told))

    pip = tmp_path / "after" / ".venv" / "bin" / "pip"
    assert "Making the virtual environment" in told.getvalue()
    assert str(tmp_path / "before") not in pip.read_text()


def test_a_package_without_its_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("six==1.17.0\n")
    environment = Environment(tmp_path)

    with pytest.raises(EnvironmentFailed, match="hash"):
        environment.prepare(Progress(io.StringIO()))

    with pytest.raises(EnvironmentFailed):
        environment.prepare(Progress(io.StringIO()))
