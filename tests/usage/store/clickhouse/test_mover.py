"""The mover beside writers, killed anywhere and begun again: everything counts once."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import connection

from accounts.models import Customer
from tests.at_once import at_once, elsewhere, uncommitted
from tests.flows.failing_processes import killed_at
from tests.usage.store.clickhouse import acme
from tests.usage.store.clickhouse.acme import (
    listed,
    move_all,
    rows_there,
    send,
    total,
    void,
    waiting,
)
from usage.store.clickhouse.client import execute
from usage.store.clickhouse.mark import moved_until, set_mark
from usage.store.clickhouse.mover import copy_again, move
from usage.store.clickhouse.store import ClickHouseUsageStore
from usage.store.interface import StoreUnavailable

MOVE = ("usage_clickhouse", "move")


@pytest.fixture
def customer(clickhouse: ClickHouseUsageStore) -> Customer:
    return acme.set_up()


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch, clickhouse_url: str) -> None:
    """Other processes keep their usage in ClickHouse."""
    monkeypatch.setenv("USAGE_STORE", "clickhouse")
    monkeypatch.setenv("CLICKHOUSE_URL", clickhouse_url)


@pytest.mark.usefixtures("customer")
def test_what_has_moved_is_counted_there_and_once(clickhouse: ClickHouseUsageStore) -> None:
    for number in range(5):
        send(f"call-{number}")
    assert total(clickhouse) == (25, 5)

    move_all(rows_in_a_step=2)

    assert (rows_there(), waiting()) == (5, 0)
    assert total(clickhouse) == (25, 5)
    send("late")
    assert total(clickhouse) == (30, 6)
    assert listed(clickhouse) == ["call-0", "call-1", "call-2", "call-3", "call-4", "late"]


@pytest.mark.usefixtures("customer", "chosen")
@pytest.mark.parametrize(
    "point", ["moving.records", "moving.voids", "moving.assured", "moving.noted", "moving.marked"]
)
def test_a_mover_that_is_killed_has_done_nothing_or_all(
    clickhouse: ClickHouseUsageStore, point: str
) -> None:
    for number in range(3):
        send(f"call-{number}")
    void(clickhouse, "call-0")

    killed_at(point, *MOVE)

    assert total(clickhouse) == (10, 2)
    assert listed(clickhouse) == ["call-1", "call-2"]
    send("after")
    assert total(clickhouse) == (15, 3)

    move_all()

    assert total(clickhouse) == (15, 3)
    assert (rows_there(), rows_there("usage_void"), waiting()) == (4, 1, 0)


@pytest.mark.usefixtures("customer")
def test_the_same_rows_inserted_five_times_count_once(clickhouse: ClickHouseUsageStore) -> None:
    for number in range(3):
        send(f"call-{number}", minutes="1.25")
    void(clickhouse, "call-2")
    execute("SYSTEM STOP MERGES usage_record")
    try:
        for _ in range(5):
            move_all()
            set_mark(before=moved_until().ingest_tx, after=0)
        move_all()

        assert rows_there(once=False) == 18
        assert (rows_there(), rows_there("usage_void")) == (3, 1)
        assert total(clickhouse) == (Decimal("2.5"), 2)
        assert listed(clickhouse) == ["call-0", "call-1"]
    finally:
        execute("SYSTEM START MERGES usage_record")


@pytest.mark.usefixtures("customer")
def test_rows_that_come_once_more_long_after_add_nothing(
    clickhouse: ClickHouseUsageStore,
) -> None:
    for number in range(3):
        send(f"call-{number}")
    move_all()
    void(clickhouse, "call-1")
    move_all()
    snapshot = clickhouse.snapshot()

    copy_again(rows_in_a_step=2)

    assert total(clickhouse) == total(clickhouse, snapshot=snapshot) == (10, 2)


@pytest.mark.usefixtures("customer")
def test_what_a_slow_writer_commits_later_moves_later_and_once(
    clickhouse: ClickHouseUsageStore,
) -> None:
    with uncommitted(partial(send, "slow", minutes="1")):
        elsewhere(partial(send, "quick", minutes="2"))
        move_all()
        assert rows_there() == 0
        assert total(clickhouse) == (2, 1)
    assert total(clickhouse) == (3, 2)

    move_all()

    assert (rows_there(), waiting()) == (2, 0)
    assert total(clickhouse) == (3, 2)


@pytest.mark.usefixtures("customer")
def test_two_movers_at_once_do_no_harm(clickhouse: ClickHouseUsageStore) -> None:
    for number in range(6):
        send(f"call-{number}")

    assert any(at_once(*[partial(move, goes_on=lambda: True, rows_in_a_step=2)] * 3))

    move_all()
    assert (rows_there(), waiting()) == (6, 0)
    assert total(clickhouse) == (30, 6)


@pytest.mark.usefixtures("customer")
def test_a_mover_stops_where_it_shall_and_another_goes_on(
    clickhouse: ClickHouseUsageStore,
) -> None:
    for number in range(3):
        send(f"call-{number}")

    assert move(goes_on=lambda: False, rows_in_a_step=1)
    assert (rows_there(), waiting()) == (1, 2)
    assert total(clickhouse) == (15, 3)

    move_all()
    assert (rows_there(), waiting()) == (3, 0)


@pytest.mark.usefixtures("customer")
def test_rolling_up_moves_as_well(clickhouse: ClickHouseUsageStore) -> None:
    send("call-1")

    assert clickhouse.roll()

    assert (rows_there(), waiting()) == (1, 0)


@pytest.mark.usefixtures("customer")
def test_the_mark_does_not_move_over_what_did_not_arrive(clickhouse: ClickHouseUsageStore) -> None:
    # A row with another content under the same key: what a fault of anybody's may leave.
    event = send("call-1")
    meter, dimensions = event.readings[0].meter_id, event.readings[0].dimensions_id
    with connection.cursor() as cursor:
        cursor.execute("SELECT ingest_tx::text FROM usage_record")
        (ingest_tx,) = cursor.fetchone()
    execute(
        "INSERT INTO usage_record (customer_id, meter_id, occurred_at, key, ingest_tx, "
        "dimensions_id, quantity) VALUES "
        f"({event.customer_id}, {meter}, '2024-11-05 10:00:00.000001', '{event.key}', {ingest_tx},"
        f" {dimensions}, 1)"
    )

    with pytest.raises(StoreUnavailable, match="holds 2 rows of 1"):
        move_all()

    assert moved_until().ingest_tx == 0
    assert total(clickhouse) == (5, 1)
