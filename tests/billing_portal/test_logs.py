"""What a log tells of an error, and what it must never tell."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SPEAKERS = {
    "ours": "structlog.get_logger().exception('it_broke')",
    "django's": "logging.getLogger('django.request').exception('it_broke')",
}
# The secret is a variable's value, never a word of the code that a traceback shows.
BROKEN = """
import logging, structlog, django
django.setup()
def work():
    key = "-".join(["sk", "live", "1234"])
    raise RuntimeError("the disk is full")
try:
    work()
except RuntimeError:
    {speaker}
"""


def logged(speaker: str, **variables: str) -> str:
    """Return what a process of its own logs of an error."""
    done = subprocess.run(
        [sys.executable, "-c", BROKEN.format(speaker=SPEAKERS[speaker])],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "billing_portal.settings", **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return done.stderr


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("debug", ["1", "0"])
def test_a_traceback_shows_where_and_why_and_no_variable(speaker: str, debug: str) -> None:
    text = logged(speaker, DEBUG=debug)

    assert "it_broke" in text
    assert "RuntimeError: the disk is full" in text
    assert "in work" in text
    assert "sk-live-1234" not in text


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_a_server_logs_a_line_of_json_for_each_error(speaker: str) -> None:
    (line,) = logged(speaker, DEBUG="0").splitlines()

    assert json.loads(line)["exception"].endswith("RuntimeError: the disk is full")
