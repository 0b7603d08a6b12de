"""Months of events are there before the events are."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection, transaction

from tests import factories as make
from tests.at_once import at_once, no_waiting, uncommitted
from usage.intake.sent_event import read_event
from usage.operations.accept_events import Outcome, accept_events
from usage.store.partitions import (
    ensure_months,
    made_months,
    month_bounds,
    month_of,
    months_ahead,
)
from usage.tasks import make_partitions

MARCH_2019 = datetime(2019, 3, 31, 23, 59, 59, tzinfo=UTC)
APRIL_2019 = datetime(2019, 4, 1, tzinfo=UTC)


@pytest.fixture
def _without_spring_2019(committed: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS usage_record_2019_03, usage_record_2019_04")


def partitions(suffix: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits "
            "WHERE inhrelid::regclass::text LIKE %s ORDER BY 1",
            [f"usage_%_{suffix}"],
        )
        return [name for (name,) in cursor.fetchall()]


def test_months_ahead_go_over_the_end_of_the_year() -> None:
    assert months_ahead(now=datetime(2026, 11, 21, 12, tzinfo=UTC), months=2) == [
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    ]


@pytest.mark.django_db
def test_the_scheduled_task_makes_the_coming_months_and_may_run_twice() -> None:
    make_partitions()
    make_partitions()

    for month in months_ahead(now=datetime.now(UTC), months=3):
        assert partitions(f"{month:%Y_%m}") == [f"usage_record_{month:%Y_%m}"]


@pytest.mark.django_db
def test_a_partition_holds_its_month_to_the_last_microsecond() -> None:
    ensure_months([datetime(2024, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)])

    assert partitions("2024_12") == ["usage_record_2024_12"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(relpartbound, oid) FROM pg_class "
            "WHERE relname = 'usage_record_2024_12'"
        )
        assert cursor.fetchone() == (
            "FOR VALUES FROM ('2024-12-01 00:00:00+00') TO ('2025-01-01 00:00:00+00')",
        )


def send(key: str, *, minute: int = 59) -> list[Outcome]:
    """Send an event of March 2019 and, first, one of a month that has its partition."""
    source = make.Source.objects.get()
    items = [
        read_event(make.call_body(f"new-{key}")),
        read_event(make.call_body(key, occurred_at=f"2019-03-31T23:{minute}:59Z")),
    ]
    return accept_events(source=source, items=items, now=make.NOW)


@pytest.mark.usefixtures("_without_spring_2019")
def test_an_old_event_makes_its_month_though_two_come_at_once() -> None:
    acme = make.acme()
    make.ai_call_meter()
    make.source(make.partner(acme))

    answers = at_once(*(partial(send, f"old-{number}", minute=10 + number) for number in range(4)))

    assert [outcome.status for answer in answers for outcome in answer] == ["accepted"] * 8
    assert partitions("2019_03") == ["usage_record_2019_03"]


@pytest.mark.usefixtures("_without_spring_2019")
def test_a_month_is_made_while_another_writes_and_reads() -> None:
    acme = make.acme()
    make.ai_call_meter()
    source = make.source(make.partner(acme))

    def write() -> None:
        make.accepted(source, [make.call_body("call-1")])
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM usage_reading")

    make.accepted(source, [make.call_body("call-0")])
    with uncommitted(write), no_waiting():
        ensure_months([MARCH_2019])

    assert partitions("2019_03") == ["usage_record_2019_03"]


@pytest.mark.usefixtures("_without_spring_2019")
def test_a_month_made_in_a_long_transaction_holds_up_nobody() -> None:
    with uncommitted(partial(ensure_months, [MARCH_2019])), no_waiting():
        ensure_months([MARCH_2019, APRIL_2019])
        assert partitions("2019_03") == ["usage_record_2019_03"]

    assert partitions("2019_04") == ["usage_record_2019_04"]


@pytest.mark.usefixtures("_without_spring_2019")
def test_a_month_made_in_a_transaction_takes_the_events_of_the_same_transaction() -> None:
    acme = make.acme()
    make.ai_call_meter()
    make.source(make.partner(acme))

    with transaction.atomic():
        outcomes = send("old-1")

    assert [outcome.status for outcome in outcomes] == ["accepted", "accepted"]


@pytest.mark.usefixtures("_without_spring_2019")
def test_a_month_made_on_demand_protects_its_events() -> None:
    acme = make.acme()
    make.ai_call_meter()
    make.source(make.partner(acme))
    send("old-1")

    with connection.cursor() as cursor, pytest.raises(Exception, match="events do not change"):
        cursor.execute("DELETE FROM usage_record_2019_03")


@pytest.mark.usefixtures("committed")
def test_what_happened_before_2019_lies_together() -> None:
    first, last = datetime(2000, 1, 1, tzinfo=UTC), datetime(2018, 12, 31, 23, 59, tzinfo=UTC)

    ensure_months([first, datetime(2009, 6, 1, tzinfo=UTC), last])

    assert [month for month in made_months() if month[0] < 2019] == [(2000, 1)]
    assert month_bounds(2000, 1) == (first, datetime(2019, 1, 1, tzinfo=UTC))
    assert month_of(datetime(2019, 1, 1, tzinfo=UTC)) == (2019, 1)
