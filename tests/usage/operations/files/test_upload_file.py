"""How much is kept of a source's files."""

from contextlib import suppress
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import factories as make
from tests.at_once import at_once
from tests.usage.uploads import calls_csv, imported, mapped, uploaded
from usage.models import Source, UsageFile
from usage.operations.files.forget_usage_file import forget_usage_file
from usage.operations.files.upload_file import NoRoom

LARGE = calls_csv(12_000)


def kept(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


@pytest.mark.django_db
def test_no_more_files_wait_than_may(source: Source, settings: Settings, kept_files: Path) -> None:
    settings.USAGE_FILES_WAITING = 2
    first = mapped(source, calls_csv(1))
    uploaded(source, calls_csv(2))

    with pytest.raises(NoRoom, match="2 of your files are not imported yet"):
        uploaded(source, calls_csv(3))
    assert (UsageFile.objects.count(), kept(kept_files)) == (2, 2)

    imported(first)
    assert uploaded(source, calls_csv(3)).name == "calls.csv"


@pytest.mark.django_db
def test_no_more_bytes_are_kept_than_may_be(
    source: Source, settings: Settings, kept_files: Path
) -> None:
    settings.USAGE_FILES_KEPT_MEGABYTES = 1
    assert 2**19 < len(LARGE) < 2**20
    first = uploaded(source, LARGE)

    with pytest.raises(NoRoom, match="your files take 0 MB of the 1 MB"):
        uploaded(source, LARGE + b"\n")
    assert (UsageFile.objects.count(), kept(kept_files)) == (1, 1)

    forget_usage_file(file=first, now=make.NOW)
    assert uploaded(source, LARGE + b"\n").size_bytes == len(LARGE) + 1


@pytest.mark.django_db
def test_test_files_leave_the_room_of_live_ones(source: Source, settings: Settings) -> None:
    settings.USAGE_FILES_WAITING = 1
    uploaded(source, calls_csv(1))

    live = uploaded(make.source(source.partner, mode="live"), calls_csv(1))

    assert live.source.mode == "live"


@pytest.mark.usefixtures("committed")
def test_the_same_file_uploaded_twice_at_once_is_one_file(source: Source, kept_files: Path) -> None:
    staff = make.staff()

    def once() -> None:
        uploaded(source, calls_csv(3), by=staff)

    at_once(once, once, once)

    assert (UsageFile.objects.count(), kept(kept_files)) == (1, 1)


@pytest.mark.usefixtures("committed")
def test_uploads_at_once_do_not_go_over_the_limit(source: Source, settings: Settings) -> None:
    settings.USAGE_FILES_WAITING = 2
    staff = make.staff()

    def one(count: int) -> None:
        with suppress(NoRoom):
            uploaded(source, calls_csv(count), by=staff)

    at_once(*(lambda count=count: one(count) for count in range(1, 6)))

    assert UsageFile.objects.count() == 2
