"""Bytes are deleted when they are old or asked to go; counts stay, and no bytes are left behind."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import factories as make
from tests.flows.processes import PROJECT, environ
from tests.usage.uploads import (
    CALL_MAPPING,
    call_row,
    calls_csv,
    checked,
    counts,
    csv_bytes,
    imported,
    mapped,
    run_of,
    uploaded,
)
from usage.files.mapping_format import read_mapping
from usage.models import Event, FileError, FileState, RunKind, Source, UsageFile
from usage.operations.files.begin_run import start_check, start_import
from usage.operations.files.cancel_file import cancel_file
from usage.operations.files.forget_old_files import forget_old_files, sweep_kept_files
from usage.operations.files.forget_usage_file import forget_usage_file
from usage.operations.files.map_file import NotNow, map_file

LATE = timedelta(days=91)
UPLOADER = """
import django
django.setup()
from django.utils import timezone
from accounts.models import User
from usage.models import Source
from usage.operations.files.upload_file import upload_file
from values import failpoints
failpoints.arm("upload_file.kept:kill")
upload_file(source=Source.objects.get(), name="calls.csv", parts=[b"a,b\\n1,2\\n"],
            now=timezone.now(), by=User.objects.get())
"""


FORGETTER = """
import django
django.setup()
from django.utils import timezone
from usage.models import UsageFile
from usage.operations.files.forget_usage_file import forget_usage_file
from values import failpoints
failpoints.arm("forget_file.told:kill")
forget_usage_file(file=UsageFile.objects.get(), now=timezone.now())
"""


def killed(code: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Return how a process ended that was to die on its way."""
    variables = environ(
        USAGE_FILES_DIR=str(folder), DJANGO_SETTINGS_MODULE="billing_portal.settings"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={**variables, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def file(source: Source) -> UsageFile:
    """Two calls, of which one cannot be used; imported."""
    file = mapped(source, csv_bytes([call_row(0), call_row(1, minutes="x")]))
    imported(file)
    return file


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def age(path: Path, to: datetime) -> None:
    os.utime(path, (to.timestamp(), to.timestamp()))


@pytest.mark.usefixtures("committed")
def test_an_old_file_loses_its_bytes_and_keeps_its_counts(
    file: UsageFile, kept_files: Path
) -> None:
    assert forget_old_files(now=make.NOW + timedelta(days=89)) == 0
    assert len(kept(kept_files)) == 1

    assert forget_old_files(now=make.NOW + LATE) == 1

    assert (kept(kept_files), FileError.objects.count()) == ([], 0)
    run = run_of(file, RunKind.IMPORT)
    assert (counts(run), run.listed) == ((1, 0, 0, 0, 1), 1)
    assert (run.file.state, run.file.forgotten_at) == (FileState.DONE, make.NOW + LATE)
    assert Event.objects.count() == 1
    assert forget_old_files(now=make.NOW + 2 * LATE) == 0


@pytest.mark.django_db
def test_a_file_that_nobody_imported_grows_old_too(source: Source, settings: Settings) -> None:
    settings.USAGE_FILE_DAYS = 7
    uploaded(source, calls_csv(1))
    start_check(file=mapped(source, calls_csv(2)), now=make.NOW)

    assert forget_old_files(now=make.NOW + timedelta(days=8)) == 1

    # A worker has the other one, or will.
    assert UsageFile.objects.get(forgotten_at=None).state == FileState.CHECKING


@pytest.mark.django_db
def test_what_is_forgotten_is_not_mapped_checked_or_imported(source: Source) -> None:
    file = forget_usage_file(file=mapped(source, calls_csv(1)), now=make.NOW)

    for refused in (
        lambda: start_check(file=file, now=make.NOW),
        lambda: start_import(file=file, now=make.NOW),
        lambda: map_file(file=file, mapping=read_mapping(CALL_MAPPING), now=make.NOW),
    ):
        with pytest.raises(NotNow, match="the bytes of the file are deleted: upload it again"):
            refused()


@pytest.mark.django_db
def test_a_file_at_work_is_stopped_before_it_is_forgotten(source: Source) -> None:
    file = start_import(file=mapped(source, calls_csv(1)), now=make.NOW)

    with pytest.raises(NotNow, match="stop it first"):
        forget_usage_file(file=file, now=make.NOW)

    cancel_file(file=file, now=make.NOW)
    assert forget_usage_file(file=file, now=make.NOW).is_forgotten


@pytest.mark.django_db
def test_a_forgotten_file_that_was_imported_is_still_known(file: UsageFile) -> None:
    forget_usage_file(file=file, now=make.NOW)
    waiting = mapped(file.source, calls_csv(5))
    forget_usage_file(file=waiting, now=make.NOW)

    content = csv_bytes([call_row(0), call_row(1, minutes="x")])
    assert uploaded(file.source, content) == file
    assert uploaded(file.source, calls_csv(5)) != waiting
    assert counts(imported(uploaded(file.source, content, again=True))) == (0, 1, 0, 0, 1)


@pytest.mark.django_db
def test_the_errors_of_a_check_go_with_the_file(source: Source) -> None:
    file = mapped(source, csv_bytes([call_row(1, minutes="x")]))
    checked(file)

    forget_usage_file(file=file, now=make.NOW)

    assert FileError.objects.count() == 0
    assert counts(run_of(file, RunKind.CHECK)) == (0, 0, 0, 0, 1)


@pytest.mark.usefixtures("committed")
def test_bytes_of_an_upload_that_was_killed_are_swept_after_a_day(
    source: Source, kept_files: Path
) -> None:
    named = uploaded(source, calls_csv(1))
    assert killed(UPLOADER, kept_files).returncode == -9
    assert (len(kept(kept_files)), UsageFile.objects.count()) == (2, 1)
    for path in kept(kept_files):
        age(path, make.NOW)

    assert sweep_kept_files(now=make.NOW + timedelta(hours=23)) == 0
    assert sweep_kept_files(now=make.NOW + timedelta(hours=25)) == 1

    assert [path.name for path in kept(kept_files)] == [named.uid.hex]


@pytest.mark.usefixtures("committed")
def test_bytes_that_outlived_their_forgetting_are_swept(source: Source, kept_files: Path) -> None:
    file = uploaded(source, calls_csv(1))
    assert killed(FORGETTER, kept_files).returncode == -9
    file.refresh_from_db()
    assert file.is_forgotten
    (path,) = kept(kept_files)
    age(path, make.NOW)

    assert sweep_kept_files(now=make.NOW + timedelta(days=2)) == 1
    assert kept(kept_files) == []


@pytest.mark.django_db
def test_a_storage_without_any_file_is_swept(kept_files: Path) -> None:
    assert not kept_files.exists()
    assert sweep_kept_files(now=make.NOW) == 0
