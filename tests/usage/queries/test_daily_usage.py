"""Usage by local day and by a property of the events."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer
from tests import factories as make
from tests.many import many_events
from usage.queries.daily_usage import DayOfUsage, daily_usage
from usage.queries.used_meters import used_meters
from usage.store import store
from values.calendar import local_midnight

pytestmark = pytest.mark.django_db

NEW_YORK = "America/New_York"


def sent(customer: Customer, *calls: tuple[str, str, int]) -> None:
    """Accept calls given as (time, region, minutes)."""
    make.ai_call_meter()
    sender = make.partner(customer, name=f"For {calls[0][0]}")
    make.accepted(
        make.source(sender),
        [
            make.call_body(f"call-{number}", occurred_at=at, region=region, minutes=minutes)
            for number, (at, region, minutes) in enumerate(calls)
        ],
    )


def daily(customer: Customer, start: date, end: date, **fields: object) -> list[DayOfUsage]:
    return daily_usage(
        customer_id=customer.pk,
        meter_id=make.ai_call_meter().pk,
        start=local_midnight(start, NEW_YORK),
        end=local_midnight(end, NEW_YORK),
        zone=NEW_YORK,
        **fields,  # type: ignore[arg-type]
    )


def by_day(rows: list[DayOfUsage]) -> list[tuple[int, Decimal, int]]:
    return [(row.day.day, row.quantity, row.events) for row in rows]


def test_the_day_on_which_clocks_go_forward_has_23_hours() -> None:
    acme = make.acme()
    # March 8, 2026: 2:00 becomes 3:00 in New York.
    sent(
        acme,
        ("2026-03-08T04:59:59Z", "US", 1),  # March 7, 23:59:59
        ("2026-03-08T05:00:00Z", "US", 2),  # March 8, 0:00
        ("2026-03-09T03:59:59Z", "US", 4),  # March 8, 23:59:59, now at UTC-4
        ("2026-03-09T04:00:00Z", "US", 8),  # March 9, 0:00
    )

    rows = daily(acme, date(2026, 3, 7), date(2026, 3, 10))

    assert by_day(rows) == [(7, Decimal(1), 1), (8, Decimal(6), 2), (9, Decimal(8), 1)]


def test_the_day_on_which_clocks_go_back_has_25_hours() -> None:
    acme = make.acme()
    # November 3, 2024: 2:00 becomes 1:00 in New York.
    sent(
        acme,
        ("2024-11-03T03:59:59Z", "US", 1),  # November 2, 23:59:59
        ("2024-11-03T04:00:00Z", "US", 2),  # November 3, 0:00
        ("2024-11-03T05:30:00Z", "US", 4),  # November 3, 1:30 the first time
        ("2024-11-03T06:30:00Z", "US", 8),  # November 3, 1:30 the second time
        ("2024-11-04T04:59:59Z", "US", 16),  # November 3, 23:59:59, now at UTC-5
        ("2024-11-04T05:00:00Z", "US", 32),  # November 4, 0:00
    )

    rows = daily(acme, date(2024, 11, 2), date(2024, 11, 5))

    assert by_day(rows) == [(2, Decimal(1), 1), (3, Decimal(30), 4), (4, Decimal(32), 1)]


def test_what_lies_outside_the_range_does_not_count() -> None:
    acme = make.acme()
    sent(acme, ("2024-11-05T12:00:00Z", "US", 1), ("2024-11-06T12:00:00Z", "US", 2))

    assert by_day(daily(acme, date(2024, 11, 6), date(2024, 11, 7))) == [(6, Decimal(2), 1)]
    assert daily(acme, date(2024, 11, 7), date(2024, 11, 8)) == []


def test_values_of_a_property_stand_apart_the_largest_first() -> None:
    acme = make.acme()
    sent(
        acme,
        ("2024-11-05T12:00:00Z", "EU", 1),
        ("2024-11-05T13:00:00Z", "US", 2),
        ("2024-11-06T12:00:00Z", "US", 3),
        ("2024-11-06T13:00:00Z", "US", 4),
    )

    rows = daily(acme, date(2024, 11, 5), date(2024, 11, 7), key="region")

    assert [(row.day.day, row.value, row.quantity, row.events) for row in rows] == [
        (5, "US", Decimal(2), 1),
        (5, "EU", Decimal(1), 1),
        (6, "US", Decimal(7), 2),
    ]


def test_values_beyond_the_largest_ones_are_added_up() -> None:
    acme = make.acme()
    sent(
        acme,
        *[
            (f"2024-11-05T1{number}:00:00Z", region, 2**number)
            for number, region in enumerate(["D", "C", "B", "A"])
        ],
    )

    rows = daily(acme, date(2024, 11, 5), date(2024, 11, 6), key="region", most_values=2)

    assert [(row.value, row.is_rest, row.quantity, row.events) for row in rows] == [
        ("A", False, Decimal(8), 1),
        ("B", False, Decimal(4), 1),
        (None, True, Decimal(3), 2),
    ]


def test_events_without_the_property_are_a_value_of_their_own() -> None:
    acme = make.acme()
    make.ai_call_meter()
    bodies = [make.call_body("one"), make.call_body("two", region=None, minutes=7)]
    make.accepted(make.source(make.partner(acme)), bodies)

    rows = daily(acme, date(2024, 11, 5), date(2024, 11, 6), key="region")

    assert [(row.value, row.is_rest, row.quantity) for row in rows] == [
        (None, False, Decimal(7)),
        ("US", False, Decimal(5)),
    ]


def test_a_snapshot_leaves_out_what_came_after_it(committed: None) -> None:
    acme = make.acme()
    sent(acme, ("2024-11-05T12:00:00Z", "US", 1))
    snapshot = store.snapshot()
    sent(acme, ("2024-11-06T12:00:00Z", "US", 2))

    days = date(2024, 11, 5), date(2024, 11, 7)
    assert by_day(daily(acme, *days, snapshot=snapshot)) == [(5, Decimal(1), 1)]
    assert by_day(daily(acme, *days)) == [(5, Decimal(1), 1), (6, Decimal(2), 1)]


def test_nobody_elses_usage_counts() -> None:
    acme, basil = make.acme(), make.basil()
    sent(acme, ("2024-11-05T12:00:00Z", "US", 1))

    assert daily(basil, date(2024, 11, 5), date(2024, 11, 6)) == []
    assert used_meters(customer_id=basil.pk) == []


def test_a_used_meter_tells_when_its_latest_event_happened() -> None:
    acme = make.acme()
    sent(acme, ("2024-11-05T12:00:00Z", "US", 1), ("2024-10-05T12:00:00Z", "US", 1))

    (meter,) = used_meters(customer_id=acme.pk)

    assert meter.latest_at == datetime(2024, 11, 5, 12, tzinfo=UTC)
    assert (meter.unit, meter.group_keys) == ("minute", ("region", "call_outcome"))


def test_a_thousand_events_take_one_query() -> None:
    acme = make.acme()
    many_events(acme, make.ai_call_meter(), 1000)

    with CaptureQueriesContext(connection) as captured:
        rows = daily(acme, date(2024, 11, 1), date(2024, 12, 1), key="region")

    assert sum(row.events for row in rows) == 1000
    assert len(captured) == 3  # seller and meter, by this test, and the sums
