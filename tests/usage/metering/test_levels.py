from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.metering.aggregation import aggregate, readings
from usage.metering.increments import increment_of
from usage.metering.meter import Aggregation, EventRounding, Meter
from usage.metering.quantity import Dimensions, MeteredEvent, Quantity
from values.period import Period

START = datetime(2024, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = 60
MONTH = Period(START, START + HOURS * HOUR)
LEVEL = Meter("SEATS", "Seats", "seat", Aggregation.WEIGHTED_SUM, "change", ("region",), "seat")


def change(hour: int, by: str, region: str | None = "US") -> MeteredEvent:
    return MeteredEvent(START + hour * HOUR, f"{hour}{by}", {"change": by, "region": region})


@st.composite
def changes(draw: st.DrawFn) -> list[MeteredEvent]:
    return [
        MeteredEvent(
            START + draw(st.integers(-20, HOURS + 20)) * HOUR,
            str(number),
            {
                "change": draw(st.decimals(-50, 50, places=2)),
                "region": draw(st.sampled_from(["US", "EU", None])),
            },
        )
        for number in range(draw(st.integers(0, 8)))
    ]


def naive(events: list[MeteredEvent], hours: range) -> dict[Dimensions, Fraction]:
    """Add the level of every single hour."""
    found: dict[Dimensions, Fraction] = {}
    for region in ("US", "EU", None):
        mine = [event for event in events if event.properties["region"] == region]
        area = Fraction(0)
        for hour in hours:
            for event in mine:
                if event.occurred_at <= START + hour * HOUR:
                    area += Fraction(str(event.properties["change"]))
        if area:
            found[(("region", region),) if region else ()] = area / HOURS
    return found


def area(quantities: tuple[Quantity, ...]) -> Fraction:
    return sum((Fraction(it.quantity) for it in quantities), Fraction(0))


def split(events: list[MeteredEvent]) -> tuple[list[MeteredEvent], list[MeteredEvent]]:
    return (
        [event for event in events if event.occurred_at < START],
        [event for event in events if event.occurred_at >= START],
    )


CUTS = st.lists(st.integers(0, HOURS).map(lambda hour: START + hour * HOUR), max_size=5)


@given(changes(), st.randoms(), CUTS)
def test_it_is_the_level_of_every_hour_however_the_period_is_sliced(
    events: list[MeteredEvent], random: Random, cuts: list[datetime]
) -> None:
    random.shuffle(events)
    before, during = split(events)

    found: dict[Dimensions, Fraction] = {}
    for quantity in aggregate(LEVEL, during, MONTH, cuts, before=before):
        so_far = found.get(quantity.dimensions, Fraction(0))
        found[quantity.dimensions] = so_far + Fraction(quantity.quantity)

    assert {key: value for key, value in found.items() if value} == naive(events, range(HOURS))


@given(changes(), st.integers(1, HOURS - 1))
def test_two_bills_of_a_period_come_to_the_same_as_one(
    events: list[MeteredEvent], hour: int
) -> None:
    cut = START + hour * HOUR
    before, during = split(events)
    first = aggregate(LEVEL, during, Period(START, cut), [], full=MONTH, before=before)
    second = aggregate(
        LEVEL,
        during,
        Period(cut, MONTH.end),
        [],
        full=MONTH,
        before=[event for event in events if event.occurred_at < cut],
    )

    assert area(first) + area(second) == area(aggregate(LEVEL, during, MONTH, [], before=before))


def test_a_level_held_for_half_the_period_counts_half() -> None:
    (quantity,) = aggregate(LEVEL, [change(30, "10")], MONTH, [])

    assert (quantity.quantity, quantity.events) == (Decimal(5), 1)


def test_a_level_carries_over_into_a_period_without_events() -> None:
    (quantity,) = aggregate(LEVEL, [], MONTH, [], before=[change(-500, "4"), change(-9, "-1")])

    assert (quantity.quantity, quantity.events) == (Decimal(3), 0)


def test_a_level_that_was_lowered_to_nothing_has_no_quantity() -> None:
    assert aggregate(LEVEL, [], MONTH, [], before=[change(-5, "4"), change(-1, "-4")]) == ()


def test_a_level_raised_and_lowered_at_once_is_two_events_of_nothing() -> None:
    (quantity,) = aggregate(LEVEL, [change(3, "4"), change(3, "-4")], MONTH, [])

    assert (quantity.quantity, quantity.events) == (Decimal(0), 2)


def test_a_stretch_holds_what_its_own_time_makes() -> None:
    cut = START + 20 * HOUR

    assert [
        (it.period.start, it.quantity, it.events)
        for it in aggregate(LEVEL, [change(10, "6")], MONTH, [cut])
    ] == [(START, Decimal(1), 1), (cut, Decimal(4), 0)]


def test_a_third_of_a_unit_is_kept_as_the_fraction_that_it_is() -> None:
    (quantity,) = aggregate(LEVEL, [change(40, "1")], MONTH, [])

    assert quantity.quantity == Fraction(1, 3)


def test_a_part_of_a_period_divides_by_the_whole() -> None:
    part = Period(START, START + 15 * HOUR)
    (quantity,) = aggregate(LEVEL, [change(0, "4")], part, [], full=MONTH)

    assert quantity.quantity == Decimal(1)


def test_changes_are_rounded_one_by_one_and_keep_their_sign() -> None:
    meter = replace(LEVEL, event_rounding=EventRounding(Decimal(1)))
    (quantity,) = aggregate(meter, [change(0, "2.1"), change(30, "-1.5")], MONTH, [])

    assert quantity.quantity == Decimal(2)


def test_its_readings_stand_for_stretches_in_the_order_of_time() -> None:
    cut = START + 30 * HOUR
    found = readings(
        LEVEL, [change(0, "2"), change(0, "6", "EU")], MONTH, [cut], before=[change(-1, "1")]
    )

    assert [
        (it.event.occurred_at, it.event.key, it.event.properties, it.quantity.quantity, it.value)
        for it in found
    ] == [
        (START, "", {"region": "EU"}, Decimal(3), Decimal(3)),
        (START, "", {"region": "US"}, Decimal("1.5"), Decimal("1.5")),
        (cut, "", {"region": "EU"}, Decimal(3), Decimal(3)),
        (cut, "", {"region": "US"}, Decimal("1.5"), Decimal("1.5")),
    ]


def test_no_single_event_makes_a_weighted_sum() -> None:
    with pytest.raises(ValueError, match="grows with time"):
        increment_of(Aggregation.WEIGHTED_SUM)
