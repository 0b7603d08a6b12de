"""ClickHouse is away, or lacks something: usage goes on being taken, and no sum is a wrong one."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import Customer
from invoicing.models import BillRun, Invoice, InvoiceState
from invoicing.operations.run_bills import bill_chunk, start_bill_run
from tests import factories as make
from tests.invoicing.agreements import call as call_of
from tests.invoicing.agreements import dollar_a_minute, sender_of
from tests.usage.store.clickhouse import acme
from tests.usage.store.clickhouse.acme import (
    key_of,
    listed,
    move_all,
    rows_there,
    send,
    total,
    waiting,
)
from usage.models import UsageArchive
from usage.store.archives.archived import MonthArchived
from usage.store.clickhouse.client import execute
from usage.store.clickhouse.mark import moved_until
from usage.store.clickhouse.store import ClickHouseUsageStore
from usage.store.interface import StoreUnavailable
from usage.store.partitions import month_bounds

NOWHERE = "http://127.0.0.1:9/default"
DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)


@pytest.fixture
def customer(clickhouse: ClickHouseUsageStore) -> Customer:
    return acme.set_up()


def said(*words: str) -> str:
    out = StringIO()
    call_command("usage_clickhouse", *words, stdout=out)
    return out.getvalue()


def lose_everything() -> None:
    for table in ("usage_record", "usage_void", "usage_moved"):
        execute(f"TRUNCATE TABLE {table}")


@pytest.mark.usefixtures("customer")
def test_usage_is_taken_while_clickhouse_is_away_and_counts_once_it_is_back(
    clickhouse: ClickHouseUsageStore, settings: Settings
) -> None:
    send("before")
    move_all()
    here, settings.CLICKHOUSE_URL = settings.CLICKHOUSE_URL, NOWHERE

    send("meanwhile", minutes="8")
    for asked in (total, listed):
        with pytest.raises(StoreUnavailable, match="ClickHouse, where usage is kept, says"):
            asked(clickhouse)
    with pytest.raises(StoreUnavailable):
        clickhouse.roll()
    assert clickhouse.bodies([key_of("meanwhile")]) == {key_of("meanwhile"): "{}"}

    settings.CLICKHOUSE_URL = here
    assert (total(clickhouse), waiting()) == ((13, 2), 1)
    move_all()
    assert (total(clickhouse), waiting()) == ((13, 2), 0)


def test_a_bill_waits_for_clickhouse_and_is_right_then(
    clickhouse: ClickHouseUsageStore, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoicing.queries.stored_usage.store", clickhouse)
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2024, 12, 1))
    call_of(sender_of(buyer), "november", at="2024-11-05T10:00:00Z")
    move_all()
    here, settings.CLICKHOUSE_URL = settings.CLICKHOUSE_URL, NOWHERE

    first = _bill_run()

    assert (first.customers_done, first.failed, first.issued) == (1, 1, 0)
    assert "StoreUnavailable" in first.last_error
    assert Invoice.objects.get().state == InvoiceState.UPCOMING

    settings.CLICKHOUSE_URL = here
    second = _bill_run()

    assert (second.failed, second.issued) == (0, 1)
    issued = Invoice.objects.filter(state=InvoiceState.ISSUED)
    assert [invoice.total.amount for invoice in issued] == [5]


def _bill_run() -> BillRun:
    started = start_bill_run(as_of=DECEMBER_2, now=DECEMBER_2)
    assert started
    run, (chunk,) = started
    bill_chunk(run_id=run.pk, customer_ids=chunk, now=DECEMBER_2)
    run.refresh_from_db()
    return run


@pytest.mark.usefixtures("customer")
def test_a_clickhouse_that_lost_usage_answers_no_sum_until_it_is_repaired(
    clickhouse: ClickHouseUsageStore,
) -> None:
    send("call-1")
    send("call-2")
    clickhouse.roll()
    lose_everything()
    send("later", minutes="8")

    for asked in (total, listed):
        with pytest.raises(StoreUnavailable, match="lacks usage that was moved to it"):
            asked(clickhouse)
    for words in ("move", "check"):
        with pytest.raises(CommandError, match="ClickHouse lacks usage"):
            said(words)

    clickhouse_says = said("repair")

    assert clickhouse_says == "Every sum in ClickHouse is that of the rollups.\n"
    assert (total(clickhouse), rows_there(), waiting()) == ((18, 3), 3, 0)


@pytest.mark.usefixtures("customer")
def test_what_cannot_be_repaired_from_postgresql_stays_without_sums(
    clickhouse: ClickHouseUsageStore,
) -> None:
    send("call-1")
    clickhouse.roll()
    acme.forget_november()
    lose_everything()

    with pytest.raises(CommandError, match="1 sums differ"):
        said("repair")

    with pytest.raises(StoreUnavailable):
        total(clickhouse)


@pytest.mark.usefixtures("customer")
def test_the_clickhouse_of_another_installation_is_not_believed(
    clickhouse: ClickHouseUsageStore,
) -> None:
    send("call-1")
    move_all()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE usage_moved SET installation = gen_random_uuid()")

    with pytest.raises(StoreUnavailable):
        total(clickhouse)


@pytest.mark.usefixtures("customer")
def test_months_that_went_into_files_before_they_moved_are_not_left_out_in_silence(
    clickhouse: ClickHouseUsageStore,
) -> None:
    send("call-1")
    start, end = month_bounds(2024, 11)
    archive = UsageArchive.objects.create(
        month=date(2024, 11, 1), part=1, state="archived", starts_at=start, ends_at=end,
        stored_as="x", sha256="x", below=clickhouse.snapshot().split(":")[0], begun_at=make.NOW,
        archived_at=make.NOW,
    )  # fmt: skip

    for asked in (total, listed):
        with pytest.raises(MonthArchived, match="2024-11"):
            asked(clickhouse)
    with pytest.raises(CommandError, match="2024-11 are archived"):
        said("move")

    archive.delete()
    move_all()
    assert total(clickhouse) == (5, 1)


@pytest.mark.usefixtures("customer")
def test_a_sum_that_differs_from_the_rollups_is_named(clickhouse: ClickHouseUsageStore) -> None:
    event = send("call-1", minutes="1.5")
    send("call-2")
    clickhouse.roll()
    assert said("check") == "Every sum in ClickHouse is that of the rollups.\n"
    execute(
        f"ALTER TABLE usage_record DELETE WHERE key = '{event.key}' SETTINGS mutations_sync = 1"
    )
    out = StringIO()

    with pytest.raises(CommandError, match="1 sums differ"):
        call_command("usage_clickhouse", "check", stdout=out)

    assert out.getvalue() == (
        f"2024-11 acme AI_CALL (combination {event.readings[0].dimensions_id}): "
        "6.5 in 2 events rolled up, 5 in 1 in ClickHouse\n"
    )
    assert said("repair") == "Every sum in ClickHouse is that of the rollups.\n"
    assert total(clickhouse) == (acme.Decimal("6.5"), 2)


@pytest.mark.usefixtures("customer")
def test_a_month_that_left_postgresql_is_checked_as_well(clickhouse: ClickHouseUsageStore) -> None:
    send("call-1")
    acme.void(clickhouse, "call-1")
    send("call-2")
    clickhouse.roll()
    acme.forget_november()

    assert said("check") == "Every sum in ClickHouse is that of the rollups.\n"
    assert moved_until().ingest_tx > 0


def test_making_the_tables_twice_changes_nothing(clickhouse: ClickHouseUsageStore) -> None:
    acme.set_up()
    send("call-1")
    move_all()

    assert said("migrate") == "The tables are there.\n"

    assert total(clickhouse) == (5, 1)


@pytest.mark.django_db
def test_nothing_is_asked_of_clickhouse_where_it_is_not_the_store(settings: Settings) -> None:
    settings.CLICKHOUSE_URL = ""

    with pytest.raises(CommandError, match="Set USAGE_STORE=clickhouse and CLICKHOUSE_URL first"):
        said("check")
