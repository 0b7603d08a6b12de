"""What is asked of both databases: snapshots, voids, order, exact numbers, bodies."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from msgspec.structs import replace

from accounts.models import Customer
from tests import factories as make
from tests.at_once import elsewhere, uncommitted
from tests.usage.store.clickhouse import acme
from tests.usage.store.clickhouse.acme import (
    NOVEMBER,
    TEN,
    append,
    call,
    forget_november,
    key_of,
    listed,
    move_all,
    send,
    total,
    void,
)
from usage.models import EventVoid
from usage.store.clickhouse.client import execute, query
from usage.store.clickhouse.mover import copy_again
from usage.store.clickhouse.store import ClickHouseUsageStore
from usage.store.interface import NewVoid, Voided
from usage.store.postgres import PostgresUsageStore
from usage.store.put_back import NotStored
from values.period import Period


@pytest.fixture(autouse=True)
def customer(clickhouse: ClickHouseUsageStore) -> Customer:
    return acme.set_up()


def test_snapshots_show_what_they_showed_before_it_moved(clickhouse: ClickHouseUsageStore) -> None:
    elsewhere(partial(send, "before"))
    with uncommitted(partial(send, "during", minutes="8")):
        early = clickhouse.snapshot()
        elsewhere(partial(send, "beside", minutes="1"))
        move_all()
    late = clickhouse.snapshot()
    elsewhere(partial(send, "after", minutes="12"))
    move_all()

    assert total(clickhouse, snapshot=early) == (5, 1)
    assert total(clickhouse, snapshot=late) == (14, 3)
    assert total(clickhouse, snapshot=late, unless_in=early) == (9, 2)
    assert total(clickhouse, unless_in=late) == (12, 1)
    assert listed(clickhouse, snapshot=early) == ["before"]
    assert listed(clickhouse, snapshot=late) == ["before", "beside", "during"]


@pytest.mark.parametrize("moves_after", [False, True])
@pytest.mark.parametrize("moves_before", [False, True])
def test_a_void_counts_from_the_snapshots_on_that_show_it(
    clickhouse: ClickHouseUsageStore, moves_before: bool, moves_after: bool
) -> None:
    send("wrong")
    send("right", minutes="8")
    if moves_before:
        move_all()
    before = clickhouse.snapshot()
    void(clickhouse, "wrong")
    if moves_after:
        move_all()

    assert total(clickhouse, snapshot=before) == (13, 2)
    assert total(clickhouse) == (8, 1)
    assert total(clickhouse, unless_in=before) == (-5, -1)
    assert (listed(clickhouse, snapshot=before), listed(clickhouse)) == (
        ["right", "wrong"],
        ["right"],
    )


def test_more_voids_than_are_asked_for_at_once_count(clickhouse: ClickHouseUsageStore) -> None:
    first = call("call", minutes="1")
    calls = [
        replace(first, key=UUID(int=number), idempotency_key=f"call-{number}")
        for number in range(1_200)
    ]
    append(calls)
    move_all(rows_in_a_step=5_000)

    clickhouse.void([NewVoid(each.key, "why") for each in calls[:1_150]], voided_at=make.NOW)

    assert total(clickhouse) == (50, 50)


def test_a_transaction_sees_its_own_usage(clickhouse: ClickHouseUsageStore) -> None:
    send("moved")
    move_all()
    snapshot = clickhouse.snapshot()

    with transaction.atomic():
        send("own", minutes="8")
        assert total(clickhouse, snapshot=snapshot) == (13, 2)
        void(clickhouse, "moved")
        assert total(clickhouse, snapshot=snapshot) == (8, 1)
        assert listed(clickhouse, snapshot=snapshot) == ["own"]

    assert total(clickhouse, snapshot=snapshot) == (5, 1)


@pytest.mark.parametrize(
    "minutes",
    ["0.000000000000000001", "999999999999.999999999999999999", "-1.5", "0.1", f"0.{'3' * 36}"],
)
def test_numbers_keep_every_digit(clickhouse: ClickHouseUsageStore, minutes: str) -> None:
    send("call-1", minutes=minutes)
    send("call-2", minutes=minutes)
    move_all()

    quantity, events = total(clickhouse)

    assert (quantity, events) == (Decimal(minutes) + Decimal(minutes), 2)


def test_bounds_are_instants_whatever_the_time_zone(clickhouse: ClickHouseUsageStore) -> None:
    # Half-hour zones, a night in which clocks go back, and the last instant of a span.
    india = Period(
        datetime(2024, 11, 1, 18, 30, tzinfo=UTC), datetime(2024, 11, 2, 18, 30, tzinfo=UTC)
    )
    new_york = datetime(2024, 11, 3, 6, tzinfo=UTC)
    send("first", at=india.start)
    send("last", at=india.end - timedelta(microseconds=1))
    send("next", at=india.end)
    send("back", at=new_york)
    move_all()

    assert total(clickhouse, span=india) == (10, 2)
    assert total(clickhouse, span=Period(new_york, new_york + timedelta(hours=1))) == (5, 1)


def test_events_of_one_instant_come_by_their_keys_in_pages(
    clickhouse: ClickHouseUsageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("usage.store.clickhouse.events._FETCHED_AT_ONCE", 2)
    names = ["Z", "a", "aa", "b", "ä", "é", "日本", "\U0001f600", "x'y", "back\\slash", "tab\t"]
    for number, name in enumerate(names):
        send(name, sent=f'{{"n": "{number}\\n"}}')
        if number == 6:
            move_all()

    assert listed(clickhouse) == sorted(names)
    (first, *_) = clickhouse.events(
        customer_id=Customer.objects.get().pk,
        meter_id=make.ai_call_meter().pk,
        span=NOVEMBER,
        snapshot=clickhouse.snapshot(),
    )
    assert first.sent == '{"n": "0\\n"}'
    assert (first.key, first.occurred_at, first.event_name) == (key_of("Z"), TEN, "ai_call")


def test_events_about_something_are_those_that_postgresql_finds(
    clickhouse: ClickHouseUsageStore,
) -> None:
    values = ['"x"', '"é"', r'"\u00e9"', "1.50", "1e2", "true", "null", '{"b": 1,  "a": 2}', '"1"']
    for number, value in enumerate(values):
        send(f"call-{number}", sent=f'{{"properties": {{"ticket": {value}}}}}')
    send("none", sent='{"properties": {}}')
    move_all()

    for wanted in ("x", "é", "1.50", "100", "true", '{"a": 2, "b": 1}', "1", "none"):
        asked: dict[str, Any] = {
            "customer_id": Customer.objects.get().pk,
            "meter_id": make.ai_call_meter().pk,
            "span": NOVEMBER,
            "snapshot": clickhouse.snapshot(),
            "about": {"ticket": [wanted, "another"], "else": ["nothing"]},
        }
        assert list(clickhouse.events(**asked)) == list(PostgresUsageStore().events(**asked))


def test_an_event_of_two_meters_has_its_body_for_both(clickhouse: ClickHouseUsageStore) -> None:
    event = send("call-1", meters=2, sent='{"said": "once"}')
    move_all()
    forget_november()

    for reading in event.readings:
        (found,) = clickhouse.events(
            customer_id=Customer.objects.get().pk,
            meter_id=reading.meter_id,
            span=NOVEMBER,
            snapshot=clickhouse.snapshot(),
        )
        assert (found.idempotency_key, found.sent) == ("call-1", '{"said": "once"}')


def test_a_month_that_left_postgresql_is_counted_listed_and_shown(
    clickhouse: ClickHouseUsageStore,
) -> None:
    send("call-1", sent='{"a": 1}')
    send("call-2", sent='{"é": 2}')
    snapshot = clickhouse.snapshot()
    move_all()
    forget_november()

    assert total(clickhouse) == total(clickhouse, snapshot=snapshot) == (10, 2)
    assert listed(clickhouse) == ["call-1", "call-2"]
    assert clickhouse.bodies([key_of("call-1"), uuid4()]) == {key_of("call-1"): '{"a": 1}'}
    assert clickhouse.body_bytes([key_of("call-1"), key_of("call-2"), uuid4()]) == {
        key_of("call-1"): 8,
        key_of("call-2"): 9,
    }
    assert clickhouse.fingerprints([key_of("call-1")]) == {key_of("call-1"): 7}


def test_what_left_postgresql_is_neither_made_void_nor_put_back(
    clickhouse: ClickHouseUsageStore,
) -> None:
    send("call-1")
    send("call-2", minutes="8")
    void(clickhouse, "call-2")
    move_all()
    forget_november()
    gone = key_of("call-1")

    voided = clickhouse.void(
        [NewVoid(gone, "why"), NewVoid(key_of("call-2"), "again")], voided_at=make.NOW
    )
    with pytest.raises(NotStored):
        clickhouse.put_back({gone: uuid4()}, received_at=make.NOW)

    assert voided == Voided(
        new=frozenset(), known=frozenset({key_of("call-2")}), missing=frozenset({gone})
    )
    assert EventVoid.objects.get().reason == "sent by mistake"
    assert total(clickhouse) == (5, 1)


def test_a_late_event_of_a_month_that_left_postgresql_counts(
    clickhouse: ClickHouseUsageStore,
) -> None:
    send("call-1")
    move_all()
    forget_november()

    send("late", minutes="8")
    assert total(clickhouse) == (13, 2)
    assert listed(clickhouse) == ["call-1", "late"]

    move_all()
    assert total(clickhouse) == (13, 2)
    assert listed(clickhouse) == ["call-1", "late"]


def test_a_body_that_was_changed_in_postgresql_is_copied_again(
    clickhouse: ClickHouseUsageStore,
) -> None:
    event = send("call-1", sent='{"to": "+1 555 0100"}', meters=2)
    execute("SYSTEM STOP MERGES usage_record")
    try:
        move_all()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE usage_record DISABLE TRIGGER USER")
            cursor.execute("UPDATE usage_record SET sent = '{}' WHERE sent IS NOT NULL")
            cursor.execute("ALTER TABLE usage_record ENABLE TRIGGER USER")
        copy_again()
        forget_november()

        assert query("SELECT count() FROM usage_record") == [(4,)]
        assert clickhouse.bodies([event.key]) == {event.key: "{}"}
    finally:
        execute("SYSTEM START MERGES usage_record")
    execute("OPTIMIZE TABLE usage_record FINAL")

    assert query("SELECT DISTINCT sent FROM usage_record") == [("{}",)]
    assert clickhouse.bodies([event.key]) == {event.key: "{}"}
