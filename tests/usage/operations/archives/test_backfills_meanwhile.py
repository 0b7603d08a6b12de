"""A backfill that begins while a month is archived: one of the two gives way, nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from pytest_django.fixtures import Settings

from accounts.models import Customer
from tests import factories as make
from tests.at_once import no_waiting, uncommitted
from tests.flows.failing_processes import halted_at, waiting
from tests.flows.processes import wait_for
from tests.usage.archives import NOVEMBER, archived, keep_in
from tests.usage.backfills import closed, minutes, replacing, undone
from usage.models import Backfill, BackfillState, Source, StagedEvent, UsageArchive
from usage.operations.archives.archive_month import CannotArchive
from usage.operations.archives.restore_month import restore_month
from usage.operations.backfills.close_backfill import start_closing
from usage.operations.backfills.undo_backfill import start_undoing, undo_next
from usage.store import store
from usage.store.archives.archived import MonthArchived, archived_months

RUN = ("usage_archive", "run", "--month", "2024-11")


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the archives of this process and of others lie."""
    monkeypatch.setenv("USAGE_ARCHIVE_DIR", str(tmp_path / "archive"))
    return keep_in(tmp_path / "archive", settings)


@pytest.fixture(autouse=True)
def sent(source: Source) -> None:
    """A call of five minutes, in the sums by the hour."""
    make.accepted(source, [make.call_body("old", minutes=5)])
    store.roll()


def to_close() -> Callable[[], Backfill]:
    """Return what begins to close a backfill that puts a call of nine minutes in its place."""
    backfill = replacing(make.call_body("new", minutes=9))
    return partial(start_closing, backfill_id=backfill.pk, now=make.NOW)


def to_undo() -> Callable[[], Backfill]:
    """Return what begins to undo such a backfill, which is closed."""
    backfill = closed(replacing(make.call_body("new", minutes=9)))
    store.roll()
    return partial(start_undoing, backfill_id=backfill.pk, now=make.NOW)


def open_and_close() -> None:
    to_close()()


def undo() -> None:
    start_undoing(backfill_id=Backfill.objects.get().pk, now=make.NOW)


def archived_apart() -> UsageArchive | None:
    try:
        return archived()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "is_closed, begin", [(False, open_and_close), (True, undo)], ids=["closing", "undoing"]
)
def test_one_that_began_meanwhile_keeps_the_month_where_it_is(
    acme: Customer, is_closed: bool, begin: Callable[[], None]
) -> None:
    if is_closed:
        to_undo()
    with ThreadPoolExecutor(1) as threads:
        with uncommitted(begin):
            archiving = threads.submit(archived_apart)
            wait_for(waiting, what="the archiver did not wait for the backfill")
        refusal = archiving.exception()

    assert isinstance(refusal, CannotArchive)
    assert archived_months() == []
    finish, after = (undone, 5) if is_closed else (closed, 9)
    finish(Backfill.objects.get())
    assert minutes(acme) == after


@pytest.mark.parametrize("prepare", [to_close, to_undo], ids=["closing", "undoing"])
def test_one_that_begins_while_the_month_goes_waits_and_is_refused(
    prepare: Callable[[], Callable[[], Backfill]],
) -> None:
    begin = prepare()
    # What is opened is seen; it is opened once the archiver has looked.
    before = Backfill.objects.get().state
    Backfill.objects.update(state=BackfillState.CLOSED)

    with halted_at("archive.exchanged", *RUN), no_waiting():
        Backfill.objects.update(state=before)
        with pytest.raises(OperationalError, match=r"lock timeout|right now took too long"):
            begin()

    assert archived_months() == [NOVEMBER]
    with pytest.raises(MonthArchived):
        begin()


@pytest.mark.parametrize("names", [("new",), ()], ids=["added", "voided"])
def test_what_is_in_a_file_is_not_said_to_be_undone(acme: Customer, names: tuple[str, ...]) -> None:
    backfill = closed(replacing(*(make.call_body(name, minutes=9) for name in names)))
    archived()
    # As one that an archiver overtook.
    Backfill.objects.update(state=BackfillState.UNDOING)

    with pytest.raises(MonthArchived, match="usage_archive restore 2024-11"):
        undo_next(backfill_id=backfill.pk, now=make.NOW)
    told = StagedEvent.objects.values_list("outcome", flat=True)
    assert list(told) == ["accepted" for _ in names]

    restore_month(month=NOVEMBER, now=make.NOW)
    assert undone(backfill).state == BackfillState.UNDONE
    assert minutes(acme) == 5
