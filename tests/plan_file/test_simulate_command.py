import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plan_file.example_output import EXPECTED
from tests.plan_file.simulated import customer, document, event

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


def test_rated_calls_go_to_their_file_by_time_and_key_and_not_into_the_output(
    tmp_path: Path,
) -> None:
    plan, events, calls = (tmp_path / name for name in ("plan.json", "e.ndjson", "calls.ndjson"))
    call = {"to_number": "+12125550111", "duration_seconds": 61}
    book = document(
        meters=[{"code": "CALL", "event_name": "call", "aggregation": "count"}],
        prices=[
            {
                "code": "voice",
                "kind": "call",
                "meter": "CALL",
                "rates": [{"prefix": "1", "rate_per_minute": "0.0140"}],
            }
        ],
        customers=[customer("acme"), customer("basil")],
    )
    plan.write_text(json.dumps(book), encoding="utf-8")
    rows = [
        event(key, at, "call", of, answer_at=at, **call)
        for key, at, of in (
            ("c", "2026-01-05T10:00:00Z", "basil"),
            ("b", "2026-01-06T10:00:00Z", "acme"),
            ("a", "2026-01-06T10:00:00Z", "basil"),
        )
    ]
    events.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")

    done = _simulate(plan, "--events", events, "--calls", calls)

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["calls"] == []
    written = [json.loads(line) for line in calls.read_text(encoding="utf-8").splitlines()]
    assert [call["idempotency_key"] for call in written] == ["c", "a", "b"]
    assert written[0] == {
        "idempotency_key": "c",
        "status": "rated",
        "prefix": "1",
        "raw_seconds": 61,
        "billed_seconds": 120,
        "bundle_seconds": 0,
        "bands": {},
        "charge": "0.0280",
    }


@pytest.mark.parametrize(
    "name, data, problem",
    [
        ("e.ndjson", b"{}\nx\n", "e.ndjson line 2: is not JSON: Expecting value"),
        ("e.csv", b"a,b\n", "e.csv.event_name: this column is required"),
        ("e.csv.gz", b"not compressed", "e.csv.gz: is no gzip file, or breaks off"),
        ("e.txt", b"", "e.txt: must be a .csv or .ndjson file"),
    ],
)
def test_a_bad_file_of_events_ends_with_status_2_and_prints_nothing(
    name: str, data: bytes, problem: str, example: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    done = _simulate(example, "--events", path)

    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr.splitlines()
    assert "Traceback" not in done.stderr


def test_files_that_are_folders_end_with_status_2_and_a_sentence(
    example: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder.csv"
    folder.mkdir()

    for arguments in ([folder], [example, "--events", folder], [example, "--calls", folder]):
        done = _simulate(*arguments)

        assert (done.returncode, done.stdout, done.stderr) == (
            2,
            "",
            "folder.csv: Is a directory\n",
        )
