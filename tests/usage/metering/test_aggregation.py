from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from usage.metering.aggregation import aggregate, at_least_zero
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import Dimensions, MeteredEvent, Quantity
from values.period import Period

START = datetime(2024, 11, 1, tzinfo=UTC)
NOVEMBER = Period(START, datetime(2024, 12, 1, tzinfo=UTC))
MINUTES = Meter("M", "Minutes", "call", Aggregation.SUM, "minutes", ("region",), "minute", True)
CALLS = Meter("C", "Calls", "call", Aggregation.COUNT, None, ("region",), None)

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
        found[quantity.dimensions] = (total + quantity.quantity, events + quantity.events)
    return dict(found)


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

    assert sum(it.quantity for it in apart) == sum(
        it.quantity for it in aggregate(MINUTES, events, NOVEMBER, [])
    )


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
