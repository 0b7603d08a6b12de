from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.gathered import Usage
from invoicing.rating.lines import Line
from invoicing.rating.price import PriceTerms, UsageModel
from invoicing.rating.slices import SliceCutsUsage, rate_slice
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.tiers import Graduated, Volume
from tests.invoicing.rating.generated_models import TIMES, events, models, readings
from tests.invoicing.rating.usage_prices import (
    MINUTES,
    NOVEMBER,
    day,
    price_of,
    rated,
    reading,
    rows,
    tiers,
)
from usage.metering.quantity import Quantity
from values.money import Rounding
from values.period import Period


def sliced(price: PriceTerms, usage: Sequence[Usage], start: datetime, end: datetime) -> list[Line]:
    part = Period(start, end)
    return list(
        rate_slice(price, MINUTES, NOVEMBER, usage, part, currency="USD", rounding=Rounding.HALF_UP)
    )


def sums(lines: Iterable[Line]) -> dict[tuple[object, ...], tuple[Decimal, ...]]:
    """Return quantity, amounts and events by what tells lines apart, without what is nothing."""
    found: defaultdict[tuple[object, ...], tuple[Decimal, ...]] = defaultdict(
        lambda: (Decimal(0),) * 4
    )
    for line in lines:
        key = (line.description, line.unit_price, line.rate_version, line.events is None)
        numbers = (line.quantity, line.exact_amount, line.amount, Decimal(line.events or 0))
        found[key] = tuple(map(sum, zip(found[key], numbers, strict=True)))  # type: ignore[arg-type]
    return {key: numbers for key, numbers in found.items() if any(numbers[:3])}


@given(models, models, events, st.lists(TIMES, max_size=4).map(sorted), st.booleans())
def test_slices_add_up_to_the_whole_line_by_line(
    first: UsageModel,
    second: UsageModel,
    usage: list[tuple[datetime, Decimal]],
    cuts: list[datetime],
    changes: bool,
) -> None:
    price = price_of(first, second, changes=[day(11)]) if changes else price_of(first)
    counted = readings(usage, [day(11)] if changes else [])

    parts = [sliced(price, counted, part.start, part.end) for part in NOVEMBER.split(cuts)]

    lines = [line for part in parts for line in part]
    assert sums(lines) == sums(rated(price, counted).lines)


@given(models, events, st.lists(TIMES, max_size=4))
def test_the_slices_behind_lines_add_up_too(
    model: UsageModel, usage: list[tuple[datetime, Decimal]], cuts: list[datetime]
) -> None:
    price, counted = price_of(model), readings(usage, [day(11)])

    for part in NOVEMBER.split(cuts):
        for line in sliced(price, counted, part.start, part.end):
            if line.events is not None:
                assert sum(each.quantity for each in line.slices) == line.quantity
                assert sum(each.events for each in line.slices) == line.events
            if line.slice_amounts is not None:
                assert sum(line.slice_amounts) == line.exact_amount


def test_a_slice_is_rated_from_the_count_that_it_begins_with() -> None:
    price = price_of(Graduated(tiers(("100", "1", "5"), (None, "0.5", "3"))))
    usage = [reading(day(1), 90), reading(day(12), 30), reading(day(20), 10)]

    assert rows(sliced(price, usage, day(11), day(15))) == [
        ("tier 1", "10", "10.00"),
        ("tier 2", "20", "10.00"),
        ("tier 2 flat fee", "1", "3.00"),
    ]
    assert rows(sliced(price, usage, day(15), NOVEMBER.end)) == [("tier 2", "10", "5.00")]


def test_a_slice_that_leaves_a_tier_of_a_volume_price_takes_it_back() -> None:
    price = price_of(Volume(tiers(("100", "1", "5"), (None, "0.5", "3"))))
    usage = [reading(day(1), 90), reading(day(12), 30)]

    assert rows(sliced(price, usage, day(11), day(15))) == [
        ("tier 2", "120", "60.00"),
        ("tier 2 flat fee", "1", "3.00"),
        ("tier 1", "-90", "-90.00"),
        ("tier 1 flat fee", "-1", "-5.00"),
    ]


def test_amounts_are_differences_of_rounded_amounts() -> None:
    price = price_of(Graduated(tiers((None, "0.005"))))
    usage = [reading(day(number), 1) for number in (1, 2, 3)]

    amounts = [
        str(line.amount)
        for start in (1, 2, 3)
        for line in sliced(price, usage, day(start), day(start + 1))
    ]

    assert amounts == ["0.01", "0.00", "0.01"]


def test_what_is_due_without_usage_is_due_in_the_first_slice() -> None:
    price = price_of(Graduated(tiers((None, "1", "5")), flat_fee_at_zero=True))

    assert rows(sliced(price, [], day(1), day(2))) == [("tier 1 flat fee", "1", "5.00")]
    assert sliced(price, [], day(2), day(3)) == []


def test_the_trace_says_what_the_slice_costs() -> None:
    price = price_of(Percentage(Decimal(10)))
    usage = [reading(day(1), 90), reading(day(12), 30)]

    (line,) = sliced(price, usage, day(11), day(15))

    assert (line.trace.quantity, line.trace.amount) == (Decimal(30), Decimal("3.00"))


def test_sums_are_sliced_where_they_are_cut() -> None:
    price = price_of(Volume(tiers((None, "2"))))
    usage = [Quantity((), part, Decimal(10), 4) for part in NOVEMBER.split([day(11), day(21)])]

    (line,) = sliced(price, usage, day(11), day(21))

    assert (str(line.quantity), line.events, str(line.amount)) == ("10", 4, "20.00")
    assert line.slices == (usage[1],)
    with pytest.raises(SliceCutsUsage):
        sliced(price, usage, day(11), day(15))
