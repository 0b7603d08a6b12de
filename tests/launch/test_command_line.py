import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PROJECT / "run.py", *words], capture_output=True, text=True, check=False
    )


def test_without_a_word_the_commands_are_listed() -> None:
    answer = run()

    assert answer.returncode == 2
    assert "{demo,test,manage,benchmark}" in answer.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8000.5"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    answer = run("demo", f"--port={port}")

    assert answer.returncode == 2
    assert "a port is a number from 1 to 65535" in answer.stderr
