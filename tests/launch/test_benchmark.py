"""What `run.py benchmark` says where there is nothing of that name."""

from pathlib import Path

import pytest

from launch.benchmark import run_benchmark

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("words", [[], ["nonsense"], ["../setup"]])
def test_an_unknown_measurement_is_answered_with_those_there_are(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_benchmark(PROJECT, words) == 2
    assert "One of: aggregate, ingest, " in capsys.readouterr().out
