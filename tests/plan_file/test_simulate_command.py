import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plan_file.example_output import EXPECTED

PROJECT = Path(__file__).parents[2]


def _simulate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as on a machine where nothing is set up but the packages."""
    hidden = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "manage.py", "simulate", *map(str, arguments)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_example_is_simulated_without_a_database(example: Path) -> None:
    done = _simulate(example, "--format", "json")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == EXPECTED


def test_events_of_a_file_join_those_of_the_document_and_calls_are_written(
    example: Path, tmp_path: Path
) -> None:
    events, calls = tmp_path / "more.csv", tmp_path / "calls.ndjson"
    events.write_text(
        "idempotency_key,event_name,customer,occurred_at,region,call_outcome,duration_minutes\n"
        "more-1,AI_CALL,basil,2024-12-02T10:00:00Z,US,resolved,10\n"
    )

    done = _simulate(
        *(example, "--events", events, "--calls", calls),
        *("--from", "2024-12-01", "--to", "2025-01-01"),
    )

    (invoice,) = json.loads(done.stdout)["invoices"]
    assert (invoice["customer"], invoice["total"]) == ("basil", "2.00")
    assert calls.read_text() == ""


def test_a_file_with_three_mistakes_names_all_of_them_and_ends_with_status_2(
    example: Path, tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(
        example.read_text(encoding="utf-8")
        .replace("model: per_unit", "modle: per_unit")
        .replace('fallback_rate: "0.40"', "fallback_rate: 0.40")
        .replace("prices: [ai-call]", "prices: [ai-cal]"),
        encoding="utf-8",
    )

    done = _simulate(path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        'prices[0].fallback_rate: is a float: write it as text, "0.40"',
        "prices[0].modle: unknown key, did you mean 'model'?",
        "prices[0].model: is required",
        "plans[0].prices[0]: unknown price 'ai-cal', did you mean 'ai-call'?",
    ]


def test_a_binary_file_ends_with_status_2_and_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(bytes(range(256)))

    done = _simulate(path)

    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "plan.yaml: is not text: byte 1 is NUL\n",
    )


@pytest.mark.parametrize("to_date", ["2024-12-01", "2024-11-01"])
def test_an_end_that_is_not_after_the_start_ends_with_status_2(to_date: str, example: Path) -> None:
    done = _simulate(example, "--from", "2024-12-01", "--to", to_date)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"--to: {to_date} is not after --from, 2024-12-01\n"


@pytest.mark.parametrize(
    "arguments", [["--from", "yesterday"], ["--format", "xml"], ["--calls", "/none/calls.ndjson"]]
)
def test_a_bad_argument_ends_with_status_2(arguments: list[str], example: Path) -> None:
    done = _simulate(example, *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
