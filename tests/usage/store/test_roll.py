"""The roller beside writers: nothing is missed, nothing added twice."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection, transaction

from accounts.models import Customer
from tests import factories as make
from tests.at_once import at_once, elsewhere, uncommitted
from usage.intake.sent_event import event_key_of
from usage.models import Source
from usage.operations.dimension_sets import dimension_set_ids
from usage.store import store
from usage.store.interface import NewEvent, NewReading, NewVoid
from usage.store.partitions import ensure_months
from usage.store.roll import roll
from usage.store.rollups import Difference, differences, rebuild
from values.period import Period

NOVEMBER = Period(datetime(2024, 11, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC))
TEN = datetime(2024, 11, 5, 10, tzinfo=UTC)


class Killed(RuntimeError):
    """The worker dies here."""


@pytest.fixture
def acme(committed: None) -> Customer:
    """Acme, whose usage is committed as it would be."""
    acme = make.acme()
    make.source(make.partner(acme))
    meter = make.ai_call_meter()
    dimension_set_ids([(meter.pk, "{}")])
    ensure_months([TEN])
    store.roll()
    return acme


def send(name: str, *, minutes: int = 5) -> NewEvent:
    """Append and commit an event of 10 o'clock."""
    meter, source = make.ai_call_meter(), Source.objects.get()
    dimensions = dimension_set_ids([(meter.pk, "{}")])[meter.pk, "{}"]
    event = NewEvent(
        key=event_key_of(source.pk, name),
        fingerprint=1,
        source_id=source.pk,
        customer_id=Customer.objects.get().pk,
        occurred_at=TEN,
        event_name="ai_call",
        idempotency_key=name,
        sent="{}",
        readings=(NewReading(meter.pk, dimensions, Decimal(minutes)),),
    )
    with transaction.atomic():
        store.append([event], received_at=make.NOW)
    return event


def void(name: str) -> None:
    key = event_key_of(Source.objects.get().pk, name)
    store.void([NewVoid(key, "sent by mistake")], voided_at=make.NOW)


def rolled() -> tuple[int, int]:
    """Return the minutes and events that the rollups hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(quantity), 0), coalesce(sum(events), 0) FROM usage_hour"
        )
        minutes, events = cursor.fetchone()
    return int(minutes), int(events)


def total(customer: Customer, *, cut: datetime | None = None) -> tuple[int, int]:
    """Return the minutes and events of November as of now, in one slice or two."""
    rows = store.aggregate(
        customer_id=customer.pk,
        meter_ids=[make.ai_call_meter().pk],
        slices=NOVEMBER.split([] if cut is None else [cut]),
        snapshot=store.snapshot(),
    )
    return sum(int(row.quantity) for row in rows), sum(row.events for row in rows)


def test_what_a_slow_writer_commits_later_is_rolled_later_and_once(acme: Customer) -> None:
    with uncommitted(partial(send, "slow", minutes=1)):
        elsewhere(partial(send, "quick", minutes=2))
        assert store.roll()
        assert rolled() == (0, 0)
        assert total(acme) == (2, 1)
    assert total(acme) == (3, 2)

    assert store.roll()
    assert store.roll()

    assert rolled() == (3, 2)
    assert total(acme) == (3, 2)
    assert list(differences()) == []


def test_a_void_is_taken_off_once_whether_its_event_was_rolled_before_or_not(
    acme: Customer,
) -> None:
    for number in range(4):
        elsewhere(partial(send, f"call-{number}"))
    store.roll()
    elsewhere(partial(void, "call-0"))
    with uncommitted(partial(void, "call-1")):
        elsewhere(partial(send, "late"))
        elsewhere(partial(void, "late"))
        store.roll()
        assert total(acme) == (15, 3)
    assert total(acme) == (10, 2)

    store.roll()

    assert rolled() == (10, 2)
    assert total(acme) == (10, 2)
    assert list(differences()) == []


def test_a_void_in_an_hour_that_a_bound_cuts_is_taken_off_once(acme: Customer) -> None:
    for number in range(3):
        elsewhere(partial(send, f"call-{number}"))
    elsewhere(partial(void, "call-0"))
    store.roll()
    elsewhere(partial(void, "call-1"))

    assert total(acme, cut=TEN + timedelta(minutes=30)) == (5, 1)
    store.roll()
    assert total(acme, cut=TEN + timedelta(minutes=30)) == (5, 1)


def test_two_rollers_at_once_add_everything_once(acme: Customer) -> None:
    for number in range(5):
        elsewhere(partial(send, f"call-{number}"))

    assert any(at_once(store.roll, store.roll, store.roll))

    store.roll()
    assert rolled() == (25, 5)
    assert list(differences()) == []


def test_a_roller_does_not_wait_for_another(acme: Customer) -> None:
    elsewhere(partial(send, "call-1"))

    with uncommitted(store.roll):
        assert not store.roll()
        assert total(acme) == (5, 1)

    assert rolled() == (5, 1)


def test_what_piled_up_is_rolled_in_steps_and_every_sum_is_right_between_them(
    acme: Customer,
) -> None:
    for number in range(5):
        elsewhere(partial(send, f"call-{number}"))
    elsewhere(partial(void, "call-0"))
    elsewhere(partial(void, "call-4"))
    steps = []

    def look() -> bool:
        assert total(acme) == (15, 3)
        assert list(differences()) == []
        steps.append(rolled())
        return True

    assert roll(goes_on=look, rows_in_a_step=2)

    assert steps == [(10, 2), (20, 4), (20, 4)]
    assert rolled() == (15, 3)
    assert total(acme) == (15, 3)
    assert list(differences()) == []


def test_a_roller_stops_after_the_step_that_is_its_last_and_another_goes_on(
    acme: Customer,
) -> None:
    for number in range(3):
        elsewhere(partial(send, f"call-{number}"))

    assert roll(goes_on=lambda: False, rows_in_a_step=1)
    assert rolled() == (5, 1)

    assert store.roll()
    assert rolled() == (15, 3)


def test_what_one_transaction_stored_is_one_step_however_much_it_is(acme: Customer) -> None:
    def send_all() -> None:
        with transaction.atomic():
            for number in range(4):
                send(f"call-{number}")

    elsewhere(send_all)
    elsewhere(partial(send, "next"))

    assert roll(goes_on=lambda: False, rows_in_a_step=2)

    assert rolled() == (20, 4)


def test_a_killed_roller_leaves_nothing_half_done(acme: Customer) -> None:
    elsewhere(partial(send, "call-1"))

    def die() -> None:
        with transaction.atomic():
            store.roll()
            raise Killed

    with pytest.raises(Killed):
        elsewhere(die)

    assert rolled() == (0, 0)
    assert store.roll()
    assert rolled() == (5, 1)


def test_sums_are_right_at_every_moment_while_writers_and_rollers_run(acme: Customer) -> None:
    writers, each = 3, 12
    over = threading.Event()
    left = threading.Semaphore(0)

    def write(writer: int) -> None:
        try:
            for number in range(each):
                name = f"call-{writer}-{number}"
                send(name, minutes=1)
                if number % 4 == 3:
                    void(name)
        finally:
            left.release()

    def keep_rolling() -> None:
        while not over.is_set():
            store.roll()

    def watch() -> None:
        for _ in range(writers):
            while not left.acquire(timeout=0.01):
                minutes, events = total(acme)
                assert minutes == events
        over.set()

    at_once(
        *(partial(write, writer) for writer in range(writers)), keep_rolling, keep_rolling, watch
    )

    assert total(acme) == (27, 27)
    store.roll()
    assert rolled() == (27, 27)
    assert list(differences()) == []


def test_a_wrong_rollup_is_found_and_made_anew(acme: Customer) -> None:
    event = elsewhere(partial(send, "call-1"))
    store.roll()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE usage_hour SET quantity = quantity + 0.5")

    assert list(differences()) == [
        Difference(
            customer_id=acme.pk,
            meter_id=make.ai_call_meter().pk,
            dimensions_id=event.readings[0].dimensions_id,
            hour=TEN,
            rolled=(Decimal("5.5"), 1),
            recorded=(Decimal(5), 1),
        )
    ]

    rebuild(2024, 11)

    assert list(differences()) == []
    assert rolled() == (5, 1)


def test_rebuilding_leaves_what_the_mark_has_not_reached_to_the_roller(acme: Customer) -> None:
    elsewhere(partial(send, "before"))
    store.roll()
    elsewhere(partial(send, "after"))

    rebuild(2024, 11)

    assert rolled() == (5, 1)
    assert total(acme) == (10, 2)
    store.roll()
    assert rolled() == (10, 2)


def test_a_month_without_records_cannot_be_made_anew(acme: Customer) -> None:
    with pytest.raises(ValueError, match="no records of 1999-01"):
        rebuild(1999, 1)


def test_the_mark_never_goes_back(acme: Customer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE usage_mark SET ingest_tx ="
            " (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000)::text::xid8"
            " RETURNING ingest_tx"
        )
        (ahead,) = cursor.fetchone()

    store.roll()

    with connection.cursor() as cursor:
        cursor.execute("SELECT ingest_tx FROM usage_mark")
        assert cursor.fetchone() == (ahead,)
        # As every other test expects it: at what is under way.
        cursor.execute("UPDATE usage_mark SET ingest_tx = '0'")
