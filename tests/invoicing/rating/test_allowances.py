from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.allowances import Allocation, Stream, allocate
from invoicing.rating.free_units import Allowance, FreeUnits
from invoicing.rating.gathered import Usage, quantities_of
from tests.invoicing.rating.generated_models import TIMES, VALUES, readings
from tests.invoicing.rating.usage_prices import NOVEMBER, day, reading
from usage.metering.quantity import Quantity
from values.exact import total
from values.period import Period


def granted(size: str | Decimal, span: Period = NOVEMBER) -> Allowance:
    return Allowance((FreeUnits(span, ((span.start, Decimal(size)),)),))


def stream(usage: Sequence[Usage], name: str = "pool", span: Period = NOVEMBER) -> Stream:
    return Stream(usage, ((span, name),))


def shared(size: str | Decimal, *streams: Sequence[Usage]) -> Allocation:
    return allocate({"pool": granted(size)}, [stream(each) for each in streams], until=NOVEMBER.end)


def charged(allocation: Allocation, place: int = 0) -> list[str]:
    return [str(part.quantity) for part in quantities_of(allocation.served[place].charged)]


def free(allocation: Allocation, place: int = 0) -> str:
    return "".join(str(used.behind.quantity) for used in allocation.served[place].used)


def test_the_first_units_in_time_are_free() -> None:
    found = shared("500", [reading(day(number), 200) for number in (1, 2, 3, 4)])

    assert charged(found) == ["100", "200"]
    (used,) = found.served[0].used
    assert (int(used.behind.quantity), used.behind.events, int(used.left)) == (500, 3, 0)
    assert used.span == NOVEMBER


def test_what_is_not_used_is_left() -> None:
    found = shared("500", [reading(day(1), 200)])

    assert charged(found) == []
    assert [used.left for used in found.served[0].used] == [300]


def test_without_usage_nothing_was_used() -> None:
    assert shared("500", []).served[0].used == ()
    assert shared("500", [reading(day(1), 0)]).served[0].used == ()


def test_an_event_of_nothing_is_free_while_there_is_something_left() -> None:
    usage = [reading(day(number), minutes) for number, minutes in ((1, 0), (2, 5), (3, 0))]

    found = shared("5", usage)

    assert [used.behind.events for used in found.served[0].used] == [2]
    assert charged(found) == ["0"]


def test_prices_of_a_pool_use_it_in_the_order_of_time() -> None:
    found = shared(
        "100",
        [reading(day(2), 60), reading(day(4), 60)],
        [reading(day(1), 30), reading(day(3), 30)],
    )

    assert (free(found, 0), free(found, 1)) == ("60", "40")
    assert (charged(found, 0), charged(found, 1)) == (["60"], ["20"])
    assert [used.left for each in found.served for used in each.used] == [0, 0]


def test_at_one_time_the_key_decides_then_the_order_of_prices() -> None:
    one, other = reading(day(1), 60), reading(day(1), 50)
    assert other.event.key < one.event.key

    assert [free(shared("70", [one], [other]), place) for place in (0, 1)] == ["20", "50"]
    assert [free(shared("70", [one], [one]), place) for place in (0, 1)] == ["60", "10"]


def test_only_usage_at_a_time_with_an_allowance_draws_on_it() -> None:
    span = Period(day(5), day(10))
    usage = [reading(day(number), 1, [day(5), day(10)]) for number in (4, 5, 9, 10)]

    found = allocate({"pool": granted("9", span)}, [stream(usage, span=span)], until=NOVEMBER.end)

    assert charged(found) == ["1", "1"]
    assert free(found) == "2"


def test_an_allowance_may_end_before_the_prices_that_name_it() -> None:
    usage = [reading(day(number), 1, [day(10)]) for number in (9, 10)]

    found = allocate(
        {"pool": granted("9", Period(day(1), day(10)))}, [stream(usage)], until=NOVEMBER.end
    )

    assert (charged(found), free(found)) == (["1"], "1")


def test_a_stream_without_an_allowance_is_charged_as_it_is() -> None:
    usage = [reading(day(1), 3)]

    found = allocate({}, [Stream(usage)], until=NOVEMBER.end)

    assert found.served[0].charged is usage
    assert found.remains == {}


def test_a_correction_gives_back_what_was_charged_before_what_was_free() -> None:
    usage = [reading(day(number), q) for number, q in ((1, 80), (2, 40), (3, -30), (4, 15))]

    found = shared("100", usage)

    assert charged(found) == ["20", "-20", "5"]
    (used,) = found.served[0].used
    assert (int(used.behind.quantity), used.behind.events, int(used.left)) == (100, 4, 0)


def test_a_correction_that_comes_first_is_made_up_for_before_anything_is_free() -> None:
    found = shared("100", [reading(day(1), -5), reading(day(2), 8)])

    assert charged(found) == ["-5", "5"]
    assert free(found) == "3"


def test_a_correction_gives_free_units_back_to_the_others() -> None:
    found = shared("100", [reading(day(1), 80), reading(day(3), -50)], [reading(day(4), 60)])

    assert (free(found, 0), free(found, 1)) == ("30", "60")
    assert charged(found, 1) == []


def test_combinations_are_corrected_each_by_itself() -> None:
    def of(region: str, item: Usage) -> Usage:
        (quantity,) = quantities_of([item])
        return Quantity((("region", region),), quantity.period, quantity.quantity, 1)

    rows = [("US", 80), ("EU", 40), ("US", -30)]
    usage = [of(region, reading(day(n), q)) for n, (region, q) in enumerate(rows, 1)]

    found = shared("100", usage)

    (rest,) = quantities_of(found.served[0].charged)
    assert (rest.dimensions, rest.quantity) == ((("region", "EU"),), Decimal(20))
    assert free(found) == "70"


def test_sums_draw_in_the_order_of_their_stretches() -> None:
    parts = NOVEMBER.split([day(11)])
    usage = [Quantity((), part, Decimal(30), 3) for part in parts]

    found = shared("40", usage)

    assert charged(found) == ["20"]
    assert [part.period for part in found.served[0].used[0].behind.slices] == list(parts)


def test_exact_thirds_are_no_trouble() -> None:
    third = Quantity((), NOVEMBER, Fraction(1, 3), 1)

    found = shared("0.5", [third, third])

    assert [part.quantity for part in quantities_of(found.served[0].charged)] == [Fraction(1, 6)]


ROWS = st.lists(st.tuples(TIMES, VALUES), max_size=7).map(sorted)


@given(st.integers(0, 200).map(Decimal), st.lists(ROWS, min_size=1, max_size=3))
def test_a_pool_is_used_as_a_naive_count_of_its_units_says(
    size: Decimal, streams: list[list[tuple[datetime, Decimal]]]
) -> None:
    found = shared(size, *(readings(rows) for rows in streams))

    left = Fraction(size)
    expected = [Fraction(0)] * len(streams)
    everything = [
        (item.event.occurred_at, item.event.key, place, Fraction(item.value))
        for place, rows in enumerate(streams)
        for item in readings(rows)
    ]
    for _, _, place, value in sorted(everything):
        given_free = min(left, value)
        left -= given_free
        expected[place] += given_free
    for place, rows in enumerate(streams):
        used = total(each.behind.quantity for each in found.served[place].used)
        rest = sum(
            (part.quantity for part in quantities_of(found.served[place].charged)), Decimal(0)
        )
        assert used == expected[place]
        assert total((used, rest)) == total(value for _, value in rows)


@given(
    st.integers(0, 60).map(Decimal),
    st.lists(st.tuples(TIMES, st.integers(-30, 60).map(Decimal)), max_size=8).map(sorted),
)
def test_corrections_leave_what_their_sum_says(
    size: Decimal, rows: list[tuple[datetime, Decimal]]
) -> None:
    whole = sum((value for _, value in rows), Decimal(0))
    if whole < 0:
        rows = [*rows, (NOVEMBER.end - timedelta(seconds=1), -whole)]
        whole = Decimal(0)

    found = shared(size, readings(rows))

    used = total(each.behind.quantity for each in found.served[0].used)
    assert used == min(size, whole)
