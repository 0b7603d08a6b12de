"""A worker that is killed in the middle of a file leaves it to the next one."""

import os
import signal
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from tests import factories as make
from tests.flows.processes import environ, manage, wait_for, worker
from tests.usage.uploads import calls_csv, counts, mapped, run_of
from usage.models import Event, FileState, RunKind, UsageFile
from usage.operations.files.begin_run import start_import
from usage.tasks import finish_files

pytestmark = pytest.mark.usefixtures("committed")

ROWS = 12_000


def test_a_killed_workers_file_goes_on_at_the_row_where_it_was(
    settings: Settings, tmp_path: Path
) -> None:
    folder = str(tmp_path / "usage-files")
    settings.STORAGES = {
        **settings.STORAGES,
        "usage_files": {**settings.STORAGES["usage_files"], "OPTIONS": {"location": folder}},
    }
    make.ai_call_meter()
    file = mapped(make.source(make.partner(make.acme())), calls_csv(ROWS))
    start_import(file=file, now=make.NOW)
    variables = environ(BROKER_VISIBILITY_SECONDS="3", USAGE_FILES_DIR=folder)
    assert manage("install_broker", variables=variables).returncode == 0
    log = tmp_path / "worker.log"

    with transaction.atomic():
        # The file is held here, so the first worker is in the middle when it is killed.
        UsageFile.objects.select_for_update().get(pk=file.pk)
        _send(variables)
        with worker(variables=variables, log=log) as first:
            wait_for(_somebody_waits, what="the file is not taken", log=log)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()

    second = tmp_path / "second.log"
    _send(variables)
    with worker(variables=variables, log=second):
        wait_for(lambda: _state(file) == FileState.DONE, what="not done", log=second)

    assert counts(run_of(file, RunKind.IMPORT)) == (ROWS, 0, 0, 0, 0)
    assert Event.objects.count() == ROWS


def _send(variables: dict[str, str]) -> None:
    """Do what the schedule does every few seconds."""
    code = "from usage.tasks import finish_files; finish_files()"
    assert finish_files.name == "usage.finish_files"
    ended = manage("shell", "--no-imports", "-c", code, variables=variables)
    assert ended.returncode == 0, ended.stderr


def _state(file: UsageFile) -> str:
    return UsageFile.objects.values_list("state", flat=True).get(pk=file.pk)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])
