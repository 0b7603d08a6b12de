from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from usage.metering.aggregation import aggregate, at_least_zero, event_order, readings
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import Dimensions, MeteredEvent, Quantity
from values.period import Period

START = datetime(2024, 11, 1, tzinfo=UTC)
NOVEMBER = Period(START, datetime(2024, 12, 1, tzinfo=UTC))
MINUTES = Meter("M", "Minutes", "call", Aggregation.SUM, "minutes", ("region",), "minute", True)
CALLS = Meter("C", "Calls", "call", Aggregation.COUNT, None, ("region",), None)
PEAK = Meter("P", "Peak", "load", Aggregation.MAX, "minutes", ("region",), None)
LATEST = replace(PEAK, aggregation=Aggregation.LATEST)
USERS = replace(PEAK, aggregation=Aggregation.UNIQUE_COUNT)
LEVEL = replace(PEAK, aggregation=Aggregation.WEIGHTED_SUM)
BY_EVENT = [MINUTES, CALLS, PEAK, LATEST, USERS]

MOMENTS = st.integers(0, 30 * 24 - 1).map(lambda hours: START + timedelta(hours=hours))


@st.composite
def some_events(draw: st.DrawFn, lowest: int = 0) -> list[MeteredEvent]:
    count = draw(st.integers(0, 12))
    return [
        MeteredEvent(
            occurred_at=draw(MOMENTS),
            key=str(number),
            properties={
                "region": draw(st.sampled_from(["US", "EU", None])),
                "minutes": draw(st.decimals(lowest, 1000, places=6)),
                "tokens": draw(st.integers(0, 3)),
            },
        )
        for number in range(count)
    ]


def event(day: int, minutes: str, region: str | None = "US") -> MeteredEvent:
    return MeteredEvent(
        START + timedelta(days=day - 1), str(day), {"region": region, "minutes": minutes}
    )


def totals(quantities: tuple[Quantity, ...]) -> dict[Dimensions, tuple[Decimal, int]]:
    found: defaultdict[Dimensions, tuple[Decimal, int]] = defaultdict(lambda: (Decimal(0), 0))
    for quantity in quantities:
        total, events = found[quantity.dimensions]
        assert isinstance(quantity.quantity, Decimal)
        found[quantity.dimensions] = (total + quantity.quantity, events + quantity.events)
    return dict(found)


def sums(quantities: Iterable[Quantity]) -> dict[Dimensions, Fraction]:
    found: defaultdict[Dimensions, Fraction] = defaultdict(Fraction)
    for quantity in quantities:
        found[quantity.dimensions] += Fraction(quantity.quantity)
    return dict(found)


def naive(meter: Meter, events: Iterable[MeteredEvent]) -> dict[Dimensions, Fraction]:
    """Write each aggregation down once more, from its definition."""
    apart: defaultdict[Dimensions, list[MeteredEvent]] = defaultdict(list)
    for one in sorted(events, key=lambda one: (one.occurred_at, one.key)):
        region = one.properties["region"]
        apart[(("region", str(region)),) if region is not None else ()].append(one)
    found = {}
    for dimensions, ordered in apart.items():
        texts = [str(one.properties["minutes"]) for one in ordered]
        values = [Fraction(text) for text in texts]
        found[dimensions] = {
            Aggregation.COUNT: Fraction(len(values)),
            Aggregation.SUM: sum(values, Fraction(0)),
            Aggregation.MAX: max(values),
            Aggregation.LATEST: values[-1],
            Aggregation.UNIQUE_COUNT: Fraction(len(set(texts))),
        }[meter.aggregation]
    return found


def test_events_of_one_combination_become_one_quantity() -> None:
    quantities = aggregate(
        MINUTES, [event(1, "5"), event(2, "8"), event(2, "6", "EU")], NOVEMBER, []
    )

    assert quantities == (
        Quantity((("region", "EU"),), NOVEMBER, Decimal(6), 1),
        Quantity((("region", "US"),), NOVEMBER, Decimal(13), 2),
    )


def test_an_absent_group_key_is_a_combination_of_its_own() -> None:
    assert aggregate(MINUTES, [event(1, "5", None)], NOVEMBER, []) == (
        Quantity((), NOVEMBER, Decimal(5), 1),
    )


def test_a_count_counts_events() -> None:
    (quantity,) = aggregate(CALLS, [event(1, "5"), event(2, "8")], NOVEMBER, [])

    assert (quantity.quantity, quantity.events) == (Decimal(2), 2)


def test_an_event_on_a_cut_belongs_to_what_begins_there() -> None:
    cut = START + timedelta(days=9)
    quantities = aggregate(MINUTES, [event(9, "1"), event(10, "2")], NOVEMBER, [cut])

    assert [(it.period.start, it.quantity) for it in quantities] == [
        (START, Decimal(1)),
        (cut, Decimal(2)),
    ]


def test_events_outside_the_period_do_not_count() -> None:
    outside = [event(0, "1"), MeteredEvent(NOVEMBER.end, "late", {"minutes": "1"})]

    assert aggregate(MINUTES, outside, NOVEMBER, []) == ()


def test_many_digits_are_added_without_rounding() -> None:
    events = [event(1, "9" * 30), event(2, "0." + "0" * 17 + "1")]
    (quantity,) = aggregate(MINUTES, events, NOVEMBER, [])

    assert str(quantity.quantity) == "9" * 30 + "." + "0" * 17 + "1"


@given(some_events(lowest=-1000), st.randoms(), st.lists(MOMENTS, max_size=5))
def test_neither_order_nor_slicing_changes_what_it_adds_up_to(
    events: list[MeteredEvent], random: Random, cuts: list[datetime]
) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)

    whole = aggregate(MINUTES, events, NOVEMBER, [])
    sliced = aggregate(MINUTES, shuffled, NOVEMBER, cuts)

    assert totals(sliced) == totals(whole)


@given(some_events())
def test_keeping_further_properties_apart_changes_no_sum(events: list[MeteredEvent]) -> None:
    apart = aggregate(MINUTES, events, NOVEMBER, [], also=["tokens"])

    whole = aggregate(MINUTES, events, NOVEMBER, [])
    assert sum(sums(apart).values()) == sum(sums(whole).values())


def test_a_combination_below_zero_counts_as_nothing_and_spares_the_others() -> None:
    events = [event(1, "5"), event(20, "-8"), event(2, "6", "EU"), event(21, "-4", "EU")]
    cut = START + timedelta(days=14)
    kept = at_least_zero(MINUTES, aggregate(MINUTES, events, NOVEMBER, [cut]))

    assert [(it.dimensions, it.quantity) for it in kept] == [
        ((("region", "EU"),), Decimal(6)),
        ((("region", "EU"),), Decimal(-4)),
    ]


@given(some_events(lowest=-1000), st.lists(MOMENTS, max_size=5))
def test_what_is_at_least_zero_does_not_depend_on_slices(
    events: list[MeteredEvent], cuts: list[datetime]
) -> None:
    whole = at_least_zero(MINUTES, aggregate(MINUTES, events, NOVEMBER, []))
    sliced = at_least_zero(MINUTES, aggregate(MINUTES, events, NOVEMBER, cuts))

    assert totals(sliced) == totals(whole)
    assert all(total >= 0 for total, _ in totals(whole).values())


@pytest.mark.parametrize("meter", BY_EVENT, ids=lambda meter: meter.aggregation)
@given(events=some_events(lowest=-1000), random=st.randoms(), cuts=st.lists(MOMENTS, max_size=5))
def test_every_aggregation_is_its_definition_however_the_period_is_sliced(
    meter: Meter, events: list[MeteredEvent], random: Random, cuts: list[datetime]
) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)

    assert sums(aggregate(meter, shuffled, NOVEMBER, cuts)) == naive(meter, events)


@pytest.mark.parametrize("meter", BY_EVENT, ids=lambda meter: meter.aggregation)
@given(events=some_events(lowest=-1000), random=st.randoms(), cuts=st.lists(MOMENTS, max_size=5))
def test_readings_are_every_event_in_order_and_add_up_to_the_quantities(
    meter: Meter, events: list[MeteredEvent], random: Random, cuts: list[datetime]
) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    found = readings(meter, shuffled, NOVEMBER, cuts)

    assert [reading.event for reading in found] == sorted(events, key=event_order)
    added: defaultdict[tuple[Dimensions, Period], list[Decimal]] = defaultdict(list)
    for reading in found:
        assert reading.quantity.period.contains(reading.event.occurred_at)
        assert reading.quantity.events == 1
        assert isinstance(reading.quantity.quantity, Decimal)
        added[reading.quantity.dimensions, reading.quantity.period].append(
            reading.quantity.quantity
        )
    assert {key: (sum(values), len(values)) for key, values in added.items()} == {
        (it.dimensions, it.period): (it.quantity, it.events)
        for it in aggregate(meter, events, NOVEMBER, cuts)
    }


@pytest.mark.parametrize("meter", BY_EVENT, ids=lambda meter: meter.aggregation)
@given(events=some_events())
def test_without_keys_everything_is_one(meter: Meter, events: list[MeteredEvent]) -> None:
    whole = aggregate(meter, events, NOVEMBER, [], by=())
    nowhere = [structs.replace(it, properties={**it.properties, "region": None}) for it in events]

    assert whole == aggregate(meter, nowhere, NOVEMBER, [])


@pytest.mark.parametrize("meter", BY_EVENT, ids=lambda meter: meter.aggregation)
@given(events=some_events())
def test_what_is_told_apart_adds_up_to_the_combination(
    meter: Meter, events: list[MeteredEvent]
) -> None:
    told: defaultdict[Dimensions, Fraction] = defaultdict(Fraction)
    for dimensions, quantity in sums(
        aggregate(meter, events, NOVEMBER, [], also=["tokens"])
    ).items():
        told[tuple(pair for pair in dimensions if pair[0] == "region")] += quantity

    assert told == sums(aggregate(meter, events, NOVEMBER, []))


@given(some_events())
def test_any_property_may_be_aggregated_apart(events: list[MeteredEvent]) -> None:
    swapped = [
        structs.replace(it, properties={**it.properties, "region": it.properties["tokens"]})
        for it in events
    ]
    by_tokens = aggregate(PEAK, events, NOVEMBER, [], by=("tokens",))

    assert [(it.dimensions[0][1], it.quantity) for it in by_tokens] == [
        (it.dimensions[0][1], it.quantity) for it in aggregate(PEAK, swapped, NOVEMBER, [])
    ]


def test_a_stretch_of_a_maximum_holds_by_how_much_it_rises() -> None:
    cut = START + timedelta(days=9)
    events = [event(1, "5"), event(2, "3"), event(12, "4"), event(13, "9")]

    assert [(it.quantity, it.events) for it in aggregate(PEAK, events, NOVEMBER, [cut])] == [
        (Decimal(5), 2),
        (Decimal(4), 2),
    ]


def test_a_maximum_below_zero_is_below_zero_until_something_lifts_it() -> None:
    events = [event(1, "-5"), event(2, "-8")]
    (below,) = aggregate(PEAK, events, NOVEMBER, [])
    (lifted,) = aggregate(PEAK, [*events, event(3, "2")], NOVEMBER, [])

    assert (below.quantity, lifted.quantity) == (Decimal(-5), Decimal(2))
    assert at_least_zero(PEAK, [below]) == ()


def test_the_latest_of_equal_times_is_that_of_the_last_key() -> None:
    events = [
        MeteredEvent(START, key, {"minutes": value})
        for key, value in (("b", "7"), ("c", "4"), ("a", "9"))
    ]

    (quantity,) = aggregate(LATEST, events, NOVEMBER, [])

    assert (quantity.quantity, quantity.events) == (Decimal(4), 3)


def test_a_thing_counts_where_it_is_seen_first() -> None:
    cut = START + timedelta(days=9)
    events = [event(12, "ada"), event(1, "ada"), event(2, "bob"), event(13, "eve")]

    assert [(it.quantity, it.events) for it in aggregate(USERS, events, NOVEMBER, [cut])] == [
        (Decimal(2), 2),
        (Decimal(1), 2),
    ]


def test_what_an_event_says_is_told_beside_what_it_adds() -> None:
    found = readings(PEAK, [event(1, "5"), event(2, "3")], NOVEMBER, [])

    assert [(it.value, it.quantity.quantity) for it in found] == [
        (Decimal(5), Decimal(5)),
        (Decimal(3), Decimal(0)),
    ]


def test_what_is_below_zero_as_a_whole_is_nothing_though_a_combination_is_not() -> None:
    quantities = aggregate(MINUTES, [event(1, "5"), event(20, "-8", "EU")], NOVEMBER, [])

    assert at_least_zero(MINUTES, quantities, by=()) == ()
    assert [it.quantity for it in at_least_zero(MINUTES, quantities)] == [Decimal(5)]


def test_corrections_that_weigh_just_as_much_are_kept() -> None:
    quantities = [
        Quantity((("region", "US"),), NOVEMBER, Decimal(number), 1) for number in (5, -5)
    ] + [Quantity((("region", "EU"),), NOVEMBER, Decimal(-1), 1)]

    assert at_least_zero(MINUTES, quantities) == tuple(quantities[:2])
