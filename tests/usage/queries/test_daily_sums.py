"""Days of meters that do more than add up, held against the engine's own aggregation."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from accounts.models import Customer
from tests import factories as make
from usage.metering.aggregation import aggregate
from usage.metering.meter import Aggregation
from usage.metering.quantity import MeteredEvent
from usage.models import Meter, Reading
from usage.queries.daily_usage import daily_usage
from usage.queries.recent_usage import recent_usage
from values.calendar import local_date, local_midnight
from values.period import Period

pytestmark = pytest.mark.django_db

NEW_YORK = "America/New_York"
START = local_midnight(date(2024, 11, 1), NEW_YORK) + timedelta(hours=7)
PERIOD = Period(START, local_midnight(date(2024, 11, 9), NEW_YORK) - timedelta(hours=5))
MIDNIGHTS = [local_midnight(date(2024, 11, day), NEW_YORK) for day in range(1, 10)]


def gauge(aggregation: str) -> Meter:
    counts = aggregation == "count"
    return Meter.objects.create(
        legal_entity=make.northwind(),
        code="G",
        display_name="Gauge",
        event_name="ai_call",
        aggregation=aggregation,
        property="" if counts else "level",
        group_keys=["region"],
        allows_negative=True,
    )


def sent(customer: Customer, *levels: tuple[datetime, str | None, object]) -> None:
    bodies = []
    for number, (at, region, level) in enumerate(levels):
        body = make.call_body(f"e-{number}", occurred_at=at.isoformat(), region=region)
        body["properties"]["level"] = level
        bodies.append(body)
    outcomes = make.accepted(make.source(make.partner(customer)), bodies)
    assert {outcome.status for outcome in outcomes} == {"accepted"}


@pytest.mark.parametrize("aggregation", [kind.value for kind in Aggregation])
def test_days_are_what_the_engine_counts_between_midnights(aggregation: str) -> None:
    random = Random(17)
    meter, acme = gauge(aggregation), make.acme()
    moments = random.sample(range(-3 * 24 * 60, 8 * 24 * 60), 60)
    levels = [
        (START + timedelta(minutes=moment), random.choice(["US", "EU", None]),
         random.randint(-9, 9))
        for moment in moments
    ]  # fmt: skip
    sent(acme, *levels)

    found: dict[tuple[date, str | None], tuple[Decimal, int]] = {
        (row.day, row.value): (row.quantity, row.events)
        for row in daily_usage(
            customer_id=acme.pk, meter_id=meter.pk, start=PERIOD.start, end=PERIOD.end,
            zone=NEW_YORK, key="region",
        )
    }  # fmt: skip

    events = [
        MeteredEvent(at, str(number), {"region": region, "level": level})
        for number, (at, region, level) in enumerate(levels)
    ]
    expected: defaultdict[tuple[date, str | None], list[Any]] = defaultdict(lambda: [0, 0])
    for quantity in aggregate(meter.terms(), events, PERIOD, MIDNIGHTS, before=events):
        place = (
            local_date(quantity.period.start, NEW_YORK),
            dict(quantity.dimensions).get("region"),
        )
        expected[place] = [
            Decimal(str(round(Fraction(quantity.quantity), 6) * 10**6)) / 10**6, quantity.events
        ]  # fmt: skip
    assert found == {place: tuple(values) for place, values in expected.items()}


@pytest.mark.parametrize(
    "aggregation,days",
    [
        ("max", {4: 7, 5: 2}),
        ("latest", {4: 3, 5: 2}),
        ("unique_count", {4: 2, 5: 1}),
        ("weighted_sum", {3: 1, 4: 14, 5: 16}),
    ],
)
def test_the_last_days_stand_each_by_itself(aggregation: str, days: dict[int, int]) -> None:
    gauge(aggregation)
    acme = make.acme()
    sent(
        acme,
        (datetime(2024, 11, 2, 12, tzinfo=UTC), "US", 1),
        (datetime(2024, 11, 4, 12, tzinfo=UTC), "US", 3),
        (datetime(2024, 11, 4, 13, tzinfo=UTC), "EU", 7),
        (datetime(2024, 11, 4, 14, tzinfo=UTC), "EU", 3),
        (datetime(2024, 11, 5, 12, tzinfo=UTC), "US", 2),
    )
    asked = [date(2024, 11, day) for day in (3, 4, 5)]

    (meter,) = recent_usage(
        customer_id=acme.pk,
        days=asked,
        end=local_midnight(date(2024, 11, 6), NEW_YORK),
        zone=NEW_YORK,
        most=4,
    )

    assert {day.day: quantity for day, quantity in meter.days.items()} == days
    assert Reading.objects.count() == 5
