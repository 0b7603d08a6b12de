"""The meters that a customer used of late, with their days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import Customer
from tests import factories as make
from usage.models import Meter
from usage.queries.recent_usage import RecentUsage, recent_usage
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
