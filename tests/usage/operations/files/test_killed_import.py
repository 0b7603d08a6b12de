"""Whatever ends a worker, wherever: each event once, each error once, each row counted once."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Sum

from tests import factories as make
from tests.flows.processes import PROJECT, environ
from tests.usage.uploads import call_row, counts, csv_bytes, errors, mapped, run_of, work_through
from usage.models import Event, FileState, RunKind, Source, UsageFile, UsageReceipt
from usage.operations.files.begin_run import start_import

pytestmark = pytest.mark.usefixtures("committed")

ROWS = 25
CHUNK = 10
POINTS = (
    "file_import.read",
    "file_import.locked",
    "file_import.accepted",
    "file_import.listed",
    "file_import.counted",
    "file_import.committed",
)
WORKER = """
import sys
import django
django.setup()
from django.utils import timezone
from usage.operations.files import read_chunk
from usage.operations.files.import_file import importing
from values import failpoints
read_chunk.CHUNK_EVENTS = {chunk}
failpoints.arm(sys.argv[2])
with importing(file_id=int(sys.argv[1]), now=timezone.now()) as work:
    while work is not None and work.next_chunk(now=timezone.now()):
        pass
"""


@pytest.fixture
def file(source: Source) -> UsageFile:
    """A file of 25 rows: the 6th and the 16th are wrong, the 12th is the 2nd once more."""
    rows = [call_row(number) for number in range(ROWS)]
    rows[5] = call_row(5, minutes="five")
    rows[15] = call_row(15, account="")
    rows[11] = call_row(1)
    file = mapped(source, csv_bytes(rows))
    return start_import(file=file, now=make.NOW)


def killed_worker(file: UsageFile, failpoints: str) -> int:
    """Run a worker in a process of its own until it is killed; return how it ended."""
    folder = settings.STORAGES["usage_files"]["OPTIONS"]["location"]
    variables = environ(USAGE_FILES_DIR=folder, DJANGO_SETTINGS_MODULE="billing_portal.settings")
    variables.pop("FAILPOINTS", None)
    ended = subprocess.run(
        [sys.executable, "-c", WORKER.format(chunk=CHUNK), str(file.pk), failpoints],
        cwd=PROJECT,
        env={**variables, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode in {0, -9}, ended.stderr.decode()[-2000:]
    return ended.returncode


def assert_all_is_there_once(file: UsageFile) -> None:
    run = run_of(file, RunKind.IMPORT)
    assert run.file.state == FileState.DONE
    assert counts(run) == (22, 1, 0, 0, 2)
    assert (run.rows, run.last_row) == (ROWS, ROWS + 1)
    assert errors(run) == [(7, "minutes", "bad_value"), (17, "account", "required")]
    keys = sorted(Event.objects.values_list("idempotency_key", flat=True))
    assert keys == sorted(f"call-{n}" for n in range(ROWS) if n not in {5, 11, 15})
    received = UsageReceipt.objects.aggregate(
        all=Sum("received"), accepted=Sum("accepted"), rejected=Sum("rejected")
    )
    assert received == {"all": ROWS, "accepted": 22, "rejected": 2}


@pytest.mark.parametrize("visit", [1, 2, 3])
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    file: UsageFile, point: str, visit: int, tmp_path: Path
) -> None:
    assert killed_worker(file, f"{point}:kill@{visit}") == -9

    before = run_of(file, RunKind.IMPORT)
    assert before.last_row in {0, 11, 21, 26}
    assert Event.objects.count() == before.accepted

    if before.ended_at is None:
        work_through(file)
    assert_all_is_there_once(file)


def test_workers_that_are_killed_one_after_the_other_get_it_done(file: UsageFile) -> None:
    ends = []
    for _ in range(8):
        ends.append(killed_worker(file, "file_import.committed:kill"))
        if run_of(file, RunKind.IMPORT).ended_at is not None:
            break

    assert ends == [-9, -9, -9]
    assert_all_is_there_once(file)


def test_a_file_at_which_every_worker_ends_is_stopped(file: UsageFile) -> None:
    for _ in range(5):
        assert killed_worker(file, "file_import.accepted:kill") == -9

    assert killed_worker(file, "") == 0

    run = run_of(file, RunKind.IMPORT)
    assert (run.file.state, run.failure_code) == (FileState.FAILED, "stopped_often")
    assert Event.objects.count() == 0
    start_import(file=file, now=make.NOW)
    work_through(file)
    assert_all_is_there_once(file)
