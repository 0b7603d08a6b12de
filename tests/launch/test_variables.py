import stat
from pathlib import Path

import pytest

from launch.variables import demo_environ


def test_variables_of_a_server_do_not_leak_into_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKER_URL", "redis://production")
    monkeypatch.setenv("DATABASE_URL", "postgres://production")
    monkeypatch.setenv("EMAIL_URL", "smtp://production")
    monkeypatch.setenv("HOME", "/home/kept")

    environ = demo_environ(tmp_path, database_url="postgres://demo", port=8003)

    assert environ["DATABASE_URL"] == "postgres://demo"
    assert environ["SITE_URL"] == "http://localhost:8003"
    assert environ["DEMO"] == "true"
    assert environ["HOME"] == "/home/kept"
    assert {"BROKER_URL", "EMAIL_URL", "DEBUG"} & environ.keys() == set()


def test_the_secret_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    first = demo_environ(tmp_path, database_url="postgres://demo")["SECRET_KEY"]
    second = demo_environ(tmp_path, database_url="postgres://demo")["SECRET_KEY"]

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
