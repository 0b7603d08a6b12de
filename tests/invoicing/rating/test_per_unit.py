from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from invoicing.rating.charge import Charge
from invoicing.rating.lines import Rated
from invoicing.rating.overrides import overridden
from invoicing.rating.per_unit import rate_per_unit
from invoicing.rating.price import PriceTerms, price_cuts
from invoicing.rating.rate_card import OnUnmatched, RateCardVersion, RateEntry
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.trace import RateSource
from tests.invoicing.ai_call_centre import (
    CARD,
    EVENTS,
    METER,
    NOV_1,
    NOVEMBER,
    OVERRIDE,
    PRICE,
    call,
    calls,
)
from usage.metering.aggregation import aggregate
from usage.metering.quantity import MeteredEvent, Quantity
from values.money import Rounding
from values.numeric_range import NumericRange

NOV_16 = datetime(2024, 11, 16, tzinfo=UTC)


def rated(
    price: PriceTerms,
    events: Iterable[MeteredEvent],
    *,
    cuts: Sequence[datetime] = (),
    also: Sequence[str] = (),
    rounding: Rounding = Rounding.HALF_UP,
) -> Rated:
    quantities = aggregate(METER, events, NOVEMBER, price_cuts(price) | set(cuts), also=also)
    version = price.versions[0]
    charge = Charge(price, version, METER, NOVEMBER, "USD", rounding)
    assert isinstance(version.model, PerUnit)
    return rate_per_unit(charge, version.model, quantities)


def with_model(model: PerUnit) -> PriceTerms:
    return replace(PRICE, versions=(replace(PRICE.versions[0], model=model),))


def with_versions(*versions: RateCardVersion) -> PriceTerms:
    card = replace(CARD, versions=versions)
    return with_model(PerUnit(rate_card=card, fallback_rate=Decimal("0.40")))


def entry(rate: str, **match: str) -> RateEntry:
    return RateEntry(match, Decimal(rate))


def test_one_line_stands_for_each_combination_in_the_order_of_the_card() -> None:
    lines = rated(PRICE, reversed(list(EVENTS))).lines

    assert [(line.description, str(line.quantity), str(line.amount)) for line in lines] == [
        ("AI Calls - US / resolved", "13", "2.60"),
        ("AI Calls - US / transferred", "12", "4.80"),
        ("AI Calls - EU / resolved", "6", "1.50"),
        ("AI Calls - EU / escalated", "15", "11.25"),
        ("AI Calls - APAC / resolved", "4", "1.20"),
    ]
    assert lines[0].dimensions == (("region", "US"), ("call_outcome", "resolved"))
    assert lines[0].events == 2
    assert lines[0].rate_version == NOV_1
    assert lines[0].period == NOVEMBER


def test_an_agreed_rate_says_that_it_is_one() -> None:
    (line,) = rated(overridden(PRICE, OVERRIDE), [call(1, "US", "escalated", "4")]).lines

    assert line.amount == Decimal("3.00")
    assert line.trace.source == RateSource.OVERRIDE


def test_what_no_entry_matches_is_billed_at_the_fallback_last_and_reported() -> None:
    result = rated(PRICE, calls(("us", "resolved", "2"), ("APAC", "resolved", "4")))

    assert [str(line.amount) for line in result.lines] == ["1.20", "0.80"]
    (unmatched,) = result.unmatched
    assert unmatched.dimensions == (("region", "us"), ("call_outcome", "resolved"))
    assert (unmatched.quantity, unmatched.events) == (Decimal(2), 1)
    assert unmatched.hint == {"region": "US"}


def test_an_absent_group_key_makes_a_line_that_says_so() -> None:
    (line,) = rated(PRICE, [call(1, "US", None, "2")]).lines

    assert line.description == "AI Calls - US / no call_outcome"
    assert line.dimensions == (("region", "US"),)


@pytest.mark.parametrize("blank", ["", "  "])
def test_an_empty_group_key_is_a_value_that_prints_as_such(blank: str) -> None:
    (line,) = rated(PRICE, [call(1, "US", blank, "2")]).lines

    assert line.description == "AI Calls - US / (empty)"
    assert line.dimensions == (("region", "US"), ("call_outcome", blank))


def test_a_card_that_quarantines_bills_nothing_without_a_rate() -> None:
    card = replace(CARD, on_unmatched=OnUnmatched.QUARANTINE)
    result = rated(with_model(PerUnit(rate_card=card)), calls(("us", "resolved", "2")))

    assert result.lines == ()
    assert result.unmatched == ()
    (quarantined,) = result.quarantined
    assert quarantined.reason == "no_rate"
    assert quarantined.hint == {"region": "US"}
    assert quarantined.events == 1


def test_an_event_has_the_rate_of_the_version_at_its_time() -> None:
    price = with_versions(
        RateCardVersion(NOV_1, NOV_16, (entry("0.20", region="US"),)),
        RateCardVersion(NOV_16, None, (entry("0.30", region="US"),)),
    )
    midnight = MeteredEvent(
        NOV_16, "x", {"region": "US", "call_outcome": "resolved", "duration_minutes": 1}
    )
    lines = rated(price, [call(15, "US", "resolved", "10"), midnight]).lines

    assert [(line.rate_version, str(line.amount)) for line in lines] == [
        (NOV_1, "2.00"),
        (NOV_16, "0.30"),
    ]
    assert [line.period.start for line in lines] == [NOV_1, NOV_16]


def test_a_gap_between_versions_is_the_fallback() -> None:
    price = with_versions(RateCardVersion(NOV_16, None, (entry("0.20", region="US"),)))
    result = rated(price, [call(1, "US", "resolved", "10")])

    (line,) = result.lines
    assert (str(line.amount), line.rate_version) == ("4.00", None)
    assert (line.period.start, line.period.end) == (NOV_1, NOV_16)
    assert result.unmatched[0].hint is None


def test_a_unit_price_makes_a_line_for_each_combination_too() -> None:
    lines = rated(with_model(PerUnit(unit_price=Decimal("0.015"))), EVENTS).lines

    assert [line.description.removeprefix("AI Calls - ") for line in lines] == [
        "APAC / resolved",
        "EU / escalated",
        "EU / resolved",
        "US / resolved",
        "US / transferred",
    ]
    assert lines[0].exact_amount == Fraction(6, 100)


def test_rates_by_another_property_split_a_combination_only_where_they_differ() -> None:
    price = with_versions(
        RateCardVersion(
            NOV_1,
            None,
            (
                entry("0.20", region="US"),
                RateEntry({"tokens": NumericRange(gte=Decimal(100))}, Decimal("0.90"), 1),
            ),
        )
    )
    events = [
        structs.replace(it, properties={**it.properties, "tokens": tokens})
        for it, tokens in zip(
            [call(day, "US", "resolved", "1") for day in (1, 2, 3)], (5, 50, 500), strict=True
        )
    ]
    lines = rated(price, events, also=["tokens"]).lines

    assert [(str(line.quantity), str(line.amount)) for line in lines] == [
        ("2", "0.40"),
        ("1", "0.90"),
    ]
    assert lines[0].dimensions == lines[1].dimensions


@pytest.mark.parametrize("first", ["low", "high"])
def test_entries_of_one_rate_share_a_line_that_names_the_first(first: str) -> None:
    low = RateEntry({"tokens": NumericRange(lt=Decimal(100))}, Decimal("0.20"))
    high = RateEntry({"tokens": NumericRange(gte=Decimal(100))}, Decimal("0.20"))
    entries = (low, high) if first == "low" else (high, low)
    price = with_versions(RateCardVersion(NOV_1, None, entries))
    events = [
        structs.replace(it, properties={**it.properties, "tokens": tokens})
        for it, tokens in zip(
            [call(day, "US", "resolved", "1") for day in (1, 2)], (5, 500), strict=True
        )
    ]

    (line,) = rated(price, events, also=["tokens"]).lines

    assert (line.quantity, line.trace.entry) == (Decimal(2), entries[0])


def test_a_card_asked_about_many_combinations_forgets_and_finds_again() -> None:
    price = with_versions(RateCardVersion(NOV_1, None, (entry("0.20", region="US"),)))
    keys = [
        Quantity((("call_outcome", str(number)), ("region", "US")), NOVEMBER, Decimal(1), 1)
        for number in range(20_010)
    ]
    model = price.versions[0].model
    charge = Charge(price, price.versions[0], METER, NOVEMBER, "USD", Rounding.HALF_UP)
    assert isinstance(model, PerUnit)

    for _ in range(2):
        lines = rate_per_unit(charge, model, keys).lines
        assert {line.amount for line in lines} == {Decimal("0.20")}


def test_a_rate_of_nothing_makes_a_line_and_a_quantity_of_nothing_makes_none() -> None:
    free = with_model(PerUnit(unit_price=Decimal(0)))

    assert [str(line.amount) for line in rated(free, [call(1, "US", "resolved", "5")]).lines] == [
        "0.00"
    ]
    assert rated(free, [call(1, "US", "resolved", "0")]).lines == ()


def test_a_line_is_rounded_once_as_the_contract_says() -> None:
    price = with_model(PerUnit(unit_price=Decimal("0.005")))
    events = [call(day, "US", "resolved", "1") for day in range(1, 4)]

    (up,) = rated(price, [events[0]]).lines
    (even,) = rated(price, [events[0]], rounding=Rounding.HALF_EVEN).lines
    (three,) = rated(price, events).lines

    assert [str(line.amount) for line in (up, even, three)] == ["0.01", "0.00", "0.02"]


def test_amounts_of_many_digits_are_exact() -> None:
    price = with_model(PerUnit(unit_price=Decimal("0.000000000001")))
    (line,) = rated(price, [call(1, "US", "resolved", "9" * 30 + ".000000000000000001")]).lines

    assert line.exact_amount == Fraction(int("9" * 30 + "0" * 17 + "1"), 10**30)


EVENT_ROWS = st.tuples(
    st.integers(1, 30),
    st.sampled_from(["US", "us", "EU", None]),
    st.sampled_from(["resolved", "escalated"]),
    st.decimals(0, 500, places=4).map(str),
)


@given(
    st.lists(EVENT_ROWS, max_size=12),
    st.lists(st.integers(1, 719).map(lambda hour: NOV_1 + timedelta(hours=hour)), max_size=4),
    st.randoms(),
)
def test_neither_order_nor_slicing_changes_a_line(
    rows: list[tuple[int, str | None, str, str]], cuts: list[datetime], random: Random
) -> None:
    price = with_versions(
        RateCardVersion(NOV_1, NOV_16, (entry("0.20", region="US"), entry("0.333", region="EU"))),
        RateCardVersion(NOV_16, None, (entry("0.30", region="US"),)),
    )
    events = [call(*row) for row in rows]
    shuffled = list(events)
    random.shuffle(shuffled)

    whole, sliced = rated(price, events), rated(price, shuffled, cuts=cuts)

    assert [replace(line, slices=()) for line in sliced.lines] == [
        replace(line, slices=()) for line in whole.lines
    ]
    assert [replace(item, slices=()) for item in sliced.unmatched] == [
        replace(item, slices=()) for item in whole.unmatched
    ]
