"""The meters that a customer used of late, with their days."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import Customer
from tests import factories as make
from tests.usage.archives import archived, keep_in
from usage.models import Meter
from usage.queries.recent_usage import RecentUsage, recent_usage
from usage.store.archives.archived import MonthArchived
from values.calendar import local_midnight

pytestmark = pytest.mark.django_db

NEW_YORK = "America/New_York"


def of_november(customer: Customer, *, first: int, last: int, most: int = 4) -> list[RecentUsage]:
    start = date(2024, 11, first)
    days = [start + timedelta(days=number) for number in range(last - first + 1)]
    end = local_midnight(days[-1] + timedelta(days=1), NEW_YORK)
    return recent_usage(customer_id=customer.pk, days=days, end=end, zone=NEW_YORK, most=most)


@pytest.fixture
def acme() -> Customer:
    """Acme with two meters on the same calls, used on November 4 late and on November 6."""
    make.ai_call_meter()
    Meter.objects.create(
        legal_entity=make.northwind(), code="CALLS", display_name="Calls", event_name="ai_call",
        aggregation="count", unit="call",
    )  # fmt: skip
    buyer = make.acme()
    make.accepted(
        make.source(make.partner(buyer)),
        [
            make.call_body("late", occurred_at="2024-11-05T04:59:00Z", minutes=3),
            make.call_body("again", occurred_at="2024-11-06T15:00:00Z", minutes=4),
        ],
    )
    return buyer


def test_days_are_local_and_meters_by_name(acme: Customer) -> None:
    found = of_november(acme, first=1, last=6)

    assert [(each.name, each.unit, dict(each.days)) for each in found] == [
        ("AI Calls", "minute", {date(2024, 11, 4): Decimal(3), date(2024, 11, 6): Decimal(4)}),
        ("Calls", "call", {date(2024, 11, 4): Decimal(1), date(2024, 11, 6): Decimal(1)}),
    ]


def test_only_the_days_asked_for_are_summed(acme: Customer) -> None:
    found = of_november(acme, first=4, last=5)

    assert [list(each.days) for each in found] == [[date(2024, 11, 4)]] * 2


def test_meters_beyond_the_most_come_without_days(acme: Customer) -> None:
    found = of_november(acme, first=1, last=6, most=1)

    assert [(each.name, len(each.days)) for each in found] == [("AI Calls", 2), ("Calls", 0)]


def test_a_meter_used_before_comes_with_its_latest_time(acme: Customer) -> None:
    (first, _) = of_november(acme, first=10, last=20)

    assert (first.latest_at.day, dict(first.days)) == (6, {})


def test_who_used_nothing_has_no_meters(acme: Customer) -> None:
    assert of_november(make.basil(), first=1, last=6) == []


@pytest.fixture
def archives(committed: None, settings: Settings, tmp_path: Path) -> None:
    """A folder for months that leave the database."""
    keep_in(tmp_path, settings)


def archived_calls(aggregation: str) -> Customer:
    """Return Acme with two calls of November 4 in a file, and one of the 6th that came later."""
    Meter.objects.create(
        legal_entity=make.northwind(), code="G", display_name="Gauge", event_name="ai_call",
        aggregation=aggregation, property="duration_minutes",
    )  # fmt: skip
    buyer = make.acme()
    sender = make.source(make.partner(buyer))
    bodies = [
        make.call_body(f"call-{minutes}", occurred_at="2024-11-04T15:00:00Z", minutes=minutes)
        for minutes in (3, 8)
    ]
    make.accepted(sender, bodies)
    assert archived() is not None
    make.accepted(sender, [make.call_body("late", occurred_at="2024-11-06T15:00:00Z", minutes=5)])
    return buyer


@pytest.mark.usefixtures("archives")
@pytest.mark.parametrize("aggregation,left", [("max", 5), ("latest", 5), ("unique_count", 1)])
def test_days_that_are_read_from_archived_events_are_refused(aggregation: str, left: int) -> None:
    acme = archived_calls(aggregation)

    with pytest.raises(MonthArchived, match="Events of 2024-11 are archived"):
        of_november(acme, first=1, last=6)

    (meter,) = of_november(acme, first=5, last=6)
    assert meter.days == {date(2024, 11, 6): Decimal(left)}


@pytest.mark.usefixtures("archives")
def test_sums_outlive_their_events() -> None:
    (meter,) = of_november(archived_calls("sum"), first=1, last=6)

    assert meter.days == {date(2024, 11, 4): Decimal(11), date(2024, 11, 6): Decimal(5)}
