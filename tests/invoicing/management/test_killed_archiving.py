"""An archiver that dies anywhere by kill -9 leaves every event in one place, and every sum."""

from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import Customer
from invoicing.operations.archive_usage import archive_usage
from tests import factories as make
from tests.flows.failing_processes import killed_at
from tests.usage.archives import NOVEMBER, keep_in
from usage.models import ArchiveState, Event, EventKey, UsageArchive
from usage.operations.archives.archive_month import filed_lines
from usage.operations.archives.check_archives import archive_faults
from usage.operations.archives.restore_month import restore_month
from usage.operations.void_event import void_event
from usage.store import store
from usage.store.rollups import differences
from values.period import Period

WHOLE = Period(make.NOVEMBER_1, make.NOVEMBER_1.replace(month=12))
ARCHIVING = (
    "archive.begun",
    "archive.file_written",
    "archive.told",
    "archive.kept_apart",
    "archive.verified",
    "archive.exchanged",
    "archive.taken_out",
    "archive.committed",
)
RESTORING = ("archive.loaded", "archive.restored")
# Of four calls with five minutes each one is void.
SUMS = (Decimal(15), 3)


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the archives of this process and of those that die lie."""
    monkeypatch.setenv("USAGE_ARCHIVE_DIR", str(tmp_path / "archive"))
    return keep_in(tmp_path / "archive", settings)


@pytest.fixture
def acme(committed: None, folder: Path) -> Customer:
    """Acme with four calls of November 2024, one of them void."""
    acme = make.acme()
    make.ai_call_meter()
    source = make.source(make.partner(acme))
    bodies = [make.call_body(f"call-{number}") for number in range(4)]
    (mistaken, *_) = make.accepted(source, bodies)
    assert mistaken.key is not None
    void_event(key=mistaken.key, reason="by mistake", now=make.NOW)
    store.roll()
    return acme


def assert_nothing_is_lost(acme: Customer) -> None:
    in_files = sum(1 for _ in filed_lines(NOVEMBER))
    assert (Event.objects.count(), in_files) in {(4, 0), (0, 4)}
    assert EventKey.objects.count() == 4
    found = store.aggregate(
        customer_id=acme.pk,
        meter_ids=[make.ai_call_meter().pk],
        slices=[WHOLE],
        snapshot=store.snapshot(),
    )
    assert [(part.quantity, part.events) for part in found] == [SUMS]


@pytest.mark.parametrize("point", ARCHIVING)
def test_killed_while_archiving(acme: Customer, folder: Path, point: str) -> None:
    killed_at(point, "usage_archive", "run", "--month", "2024-11")
    assert_nothing_is_lost(acme)

    again = archive_usage(month=NOVEMBER, now=make.NOW)

    assert_nothing_is_lost(acme)
    assert (again is None) == (point == "archive.committed")
    (archive,) = UsageArchive.objects.all()
    assert (archive.state, archive.events) == (ArchiveState.ARCHIVED, 4)
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / archive.stored_as]
    assert list(archive_faults(month=NOVEMBER)) == []


@pytest.mark.parametrize("point", RESTORING)
def test_killed_while_bringing_back(acme: Customer, point: str) -> None:
    archive_usage(month=NOVEMBER, now=make.NOW)

    killed_at(point, "usage_archive", "restore", "2024-11")
    assert_nothing_is_lost(acme)

    if point == "archive.loaded":
        restore_month(month=NOVEMBER, now=make.NOW)
    assert Event.objects.count() == 4
    assert_nothing_is_lost(acme)
    assert list(differences()) == []
