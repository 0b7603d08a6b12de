"""What becomes of events, keys and corrections once a month is archived."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Customer
from tests import factories as make
from tests.at_once import elsewhere
from tests.usage.archives import NOVEMBER, archived
from usage.models import (
    ArchivedDay,
    ArchiveState,
    Backfill,
    Event,
    EventKey,
    EventVoid,
    Source,
    UsageArchive,
)
from usage.operations.accept_events import Outcome
from usage.operations.archives.archive_month import (
    CannotArchive,
    archivable_months,
    archive_month,
    oldest_kept,
)
from usage.operations.archives.check_archives import archive_faults
from usage.operations.archives.one_at_a_time import the_only_archiver
from usage.operations.archives.restore_month import CannotRestore, restore_month
from usage.operations.backfills.close_backfill import start_closing
from usage.operations.backfills.undo_backfill import start_undoing
from usage.operations.count_source_day import count_source_day
from usage.operations.void_event import EventArchived, void_event
from usage.store import store
from usage.store.archives.archived import MonthArchived, archived_months
from usage.store.archives.archivers import AnotherArchives
from usage.store.archives.needs import AskedHistory, AskedSnapshot, Needs
from usage.store.archives.take_out import ChangedMeanwhile
from usage.store.partitions import made_months
from usage.store.rollups import rebuild
from values.period import Period

WHOLE = Period(make.NOVEMBER_1, make.NOVEMBER_1.replace(month=12))


def send(source: Source, *names: str, **fields: object) -> list[Outcome]:
    return make.accepted(source, [make.call_body(name, **fields) for name in names])  # type: ignore[arg-type]


def minutes(customer: Customer) -> tuple[Decimal, int]:
    found = store.aggregate(
        customer_id=customer.pk,
        meter_ids=[make.ai_call_meter().pk],
        slices=[WHOLE],
        snapshot=store.snapshot(),
    )
    return sum((part.quantity for part in found), Decimal(0)), sum(part.events for part in found)


def test_events_go_into_a_file_and_sums_stay(acme: Customer, source: Source, folder: Path) -> None:
    send(source, "call-1", "call-2", minutes=7)

    archive = archived()

    assert archive is not None
    assert (archive.state, archive.events, archive.rows) == (ArchiveState.ARCHIVED, 2, 2)
    assert (Event.objects.count(), EventKey.objects.count()) == (0, 2)
    assert minutes(acme) == (Decimal(14), 2)
    assert (2024, 11) not in made_months()
    assert archived_months() == [NOVEMBER]
    lines = gzip.decompress((folder / archive.stored_as).read_bytes()).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(b'{"format":"usage-archive","version":1,"month":"2024-11"')


@pytest.mark.usefixtures("acme")
def test_keys_are_known_for_ever(source: Source) -> None:
    send(source, "call-1")
    archived()

    assert [each.status for each in send(source, "call-1")] == ["duplicate"]
    assert [each.status for each in send(source, "call-1", minutes=6)] == ["conflict"]


def test_a_late_event_goes_into_a_second_part(acme: Customer, source: Source) -> None:
    send(source, "call-1")
    archived()

    assert [each.status for each in send(source, "call-2")] == ["accepted"]
    assert minutes(acme) == (Decimal(10), 2)
    archive = archived()

    assert archive is not None
    assert (archive.part, archive.events) == (2, 1)
    assert minutes(acme) == (Decimal(10), 2)
    assert list(archive_faults(month=NOVEMBER)) == []


@pytest.mark.usefixtures("acme")
def test_where_nothing_is_left_nothing_is_written(source: Source, folder: Path) -> None:
    send(source, "call-1")
    archived()

    assert archived() is None
    assert UsageArchive.objects.count() == 1
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_what_an_invoice_has_not_seen_stays(acme: Customer, source: Source) -> None:
    send(source, "call-1", "call-2")
    (seen,) = send(source, "call-3")
    snapshot = store.snapshot()
    send(source, "late-1")
    assert seen.key is not None
    void_event(key=seen.key, reason="by mistake", now=make.NOW)

    archive = archived(
        needs=Needs(snapshots=[AskedSnapshot(acme.pk, WHOLE.start, WHOLE.end, snapshot)])
    )

    assert archive is not None
    assert (archive.events, archive.kept_rows) == (2, 2)
    left = Event.objects.order_by("idempotency_key").values_list("idempotency_key", flat=True)
    assert list(left) == ["call-3", "late-1"]
    assert minutes(acme) == (Decimal(15), 3)


def test_a_history_that_bills_read_stays(acme: Customer, source: Source) -> None:
    send(source, "call-1")
    meter = make.ai_call_meter()

    assert archived(needs=Needs(histories=[AskedHistory(acme.pk, meter.pk)])) is None
    assert Event.objects.count() == 1


@pytest.mark.usefixtures("acme")
def test_a_month_that_something_came_to_meanwhile_stays(source: Source) -> None:
    send(source, "call-1")
    store.roll()
    send(source, "call-2")

    with pytest.raises(ChangedMeanwhile):
        archive_month(month=NOVEMBER, needs=Needs(), now=make.NOW)

    assert Event.objects.count() == 2
    assert archived_months() == []
    assert archived() is not None


@pytest.mark.usefixtures("acme")
def test_a_month_with_a_wrong_sum_stays(source: Source) -> None:
    send(source, "call-1")
    store.roll()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE usage_hour SET quantity = 6")

    with pytest.raises(CannotArchive, match="1 sums by the hour of 2024-11"):
        archived()
    assert Event.objects.count() == 1


@pytest.mark.usefixtures("acme")
def test_a_month_of_an_open_backfill_stays(source: Source) -> None:
    send(source, "call-1")
    Backfill.objects.create(
        source=source, starts_at=WHOLE.start, ends_at=WHOLE.end, reason="a lost log",
        opened_at=make.NOW, changed_at=make.NOW,
    )  # fmt: skip

    with pytest.raises(CannotArchive, match="A backfill of 2024-11 is not done"):
        archived()


def test_an_archived_event_is_not_made_void(acme: Customer, source: Source) -> None:
    (sent,) = send(source, "call-1")
    archived()
    assert sent.key is not None

    with pytest.raises(EventArchived, match="usage_archive restore 2024-11"):
        void_event(key=sent.key, reason="by mistake", now=make.NOW)

    restore_month(month=NOVEMBER, now=make.NOW)
    void_event(key=sent.key, reason="by mistake", now=make.NOW)
    assert minutes(acme) == (Decimal(0), 0)


@pytest.mark.usefixtures("acme")
def test_backfills_of_archived_months_neither_replace_nor_are_undone(source: Source) -> None:
    send(source, "call-1")
    archived()
    told = {"source": source, "reason": "a lost log", "opened_at": make.NOW,
            "changed_at": make.NOW}  # fmt: skip
    replacing = Backfill.objects.create(
        starts_at=WHOLE.start, ends_at=WHOLE.end, replaces_existing=True, **told
    )
    closed = Backfill.objects.create(
        starts_at=WHOLE.start, ends_at=WHOLE.end, state="closed", **told
    )

    with pytest.raises(MonthArchived):
        start_closing(backfill_id=replacing.pk, now=make.NOW)
    with pytest.raises(MonthArchived):
        start_undoing(backfill_id=closed.pk, now=make.NOW)


def test_voids_are_in_the_sums_and_in_the_file(acme: Customer, source: Source) -> None:
    send(source, "call-1")
    (mistaken,) = send(source, "call-2")
    assert mistaken.key is not None
    void_event(key=mistaken.key, reason="by mistake", now=make.NOW)

    archive = archived()

    assert archive is not None
    assert archive.events == 2
    assert EventVoid.objects.count() == 1
    assert minutes(acme) == (Decimal(5), 1)
    assert list(archive_faults(month=NOVEMBER)) == []


def test_a_day_of_receipt_still_balances(acme: Customer, source: Source) -> None:
    send(source, "call-1", "call-2")
    archived()

    balance = count_source_day(source_id=source.pk, day=make.NOW.date(), now=make.NOW)

    assert list(balance.contradictions()) == []
    assert ArchivedDay.objects.get().events == 2


@pytest.mark.usefixtures("acme")
def test_sums_of_an_archived_month_are_not_made_anew(source: Source) -> None:
    send(source, "call-1")
    archived()
    send(source, "call-2")

    with pytest.raises(MonthArchived):
        rebuild(2024, 11)


@pytest.mark.parametrize("has_late", [True, False])
def test_events_that_are_archived_are_not_listed_in_part(
    acme: Customer, source: Source, has_late: bool
) -> None:
    send(source, "call-1")
    archived()
    if has_late:
        send(source, "call-2")

    with pytest.raises(MonthArchived):
        list(
            store.events(
                customer_id=acme.pk, meter_id=make.ai_call_meter().pk, span=WHOLE,
                snapshot=store.snapshot(),
            )
        )  # fmt: skip


@pytest.mark.usefixtures("acme")
def test_a_month_that_is_brought_back_stays_until_it_is_archived_by_name(source: Source) -> None:
    send(source, "call-1")
    archived()
    (back,) = restore_month(month=NOVEMBER, now=make.NOW)

    assert back.state == ArchiveState.RESTORED
    assert NOVEMBER not in archivable_months(before=date(2025, 1, 1))
    again = archived()
    assert again is not None
    assert (again.part, again.events) == (2, 1)
    assert list(archive_faults(month=NOVEMBER)) == []


def test_what_is_not_archived_is_not_brought_back(committed: None) -> None:
    with pytest.raises(CannotRestore, match="2024-11 is not archived"):
        restore_month(month=NOVEMBER, now=make.NOW)


@pytest.mark.usefixtures("acme")
def test_a_spoilt_file_is_found_and_not_brought_back(source: Source, folder: Path) -> None:
    send(source, "call-1")
    archive = archived()
    assert archive is not None
    path = folder / archive.stored_as
    path.write_bytes(path.read_bytes()[:-1] + b"!")

    (fault,) = archive_faults(month=NOVEMBER)
    assert "checksum" in fault
    with pytest.raises(CannotRestore, match="is not what was written"):
        restore_month(month=NOVEMBER, now=make.NOW)


def test_two_do_not_archive_at_once(acme: Customer) -> None:
    with the_only_archiver(), pytest.raises(AnotherArchives):
        elsewhere(archived)


def test_whole_months_are_kept() -> None:
    assert oldest_kept(now=make.NOW, months=18) == date(2025, 5, 1)
    assert oldest_kept(now=make.NOW, months=11) == date(2025, 12, 1)
