from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.lines import Line
from invoicing.rating.price import PriceTerms, PriceVersion, UsageModel
from invoicing.rating.terms.fixed import OneTime
from invoicing.rating.terms.package import Package
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.tiers import Graduated, Volume
from invoicing.rating.usage_price import NotByEvent, ignores_group_keys, looks_at_events
from tests.invoicing.rating.generated_models import VALUES, but_volume, events, models, readings
from tests.invoicing.rating.naive_prices import naive_amount
from tests.invoicing.rating.usage_prices import (
    NOVEMBER,
    day,
    price_of,
    rated,
    reading,
    rows,
    tiers,
)
from usage.metering.quantity import Quantity
from values.exact import total

Rows = list[tuple[datetime, Decimal]]


def whole(lines: Sequence[Line]) -> Fraction:
    return sum((Fraction(line.exact_amount) for line in lines), Fraction(0))


@given(models, events)
def test_amounts_are_those_of_a_naive_model(model: UsageModel, usage: Rows) -> None:
    lines = rated(price_of(model), readings(usage)).lines

    assert whole(lines) == naive_amount(model, [Fraction(value) for _, value in usage])


@given(models, events)
def test_every_line_is_its_exact_amount_rounded_once(model: UsageModel, usage: Rows) -> None:
    for line in rated(price_of(model), readings(usage)).lines:
        assert abs(Fraction(line.amount) - Fraction(line.exact_amount)) <= Fraction(1, 200)
        assert line.trace.amount == line.amount
        assert line.quantity or line.amount
        if line.unit_price is not None:
            assert Fraction(line.quantity) * Fraction(line.unit_price) == line.exact_amount


@given(models, events, st.lists(st.integers(2, 29).map(day), max_size=3))
def test_cuts_change_no_line(model: UsageModel, usage: Rows, cuts: list[datetime]) -> None:
    price = price_of(model)
    cut, uncut = rated(price, readings(usage, cuts)), rated(price, readings(usage))

    assert [unsliced(line) for line in cut.lines] == [unsliced(line) for line in uncut.lines]


@given(models, events, st.lists(st.integers(2, 29).map(day), max_size=3))
def test_the_slices_of_a_line_are_what_it_counts(
    model: UsageModel, usage: Rows, cuts: list[datetime]
) -> None:
    for line in rated(price_of(model), readings(usage, cuts)).lines:
        if line.events is None:
            assert line.slices == ()
            continue
        assert sum(Fraction(part.quantity) for part in line.slices) == line.quantity
        assert sum(part.events for part in line.slices) == line.events
        assert [part.period for part in line.slices] == sorted({p.period for p in line.slices})
        if line.slice_amounts is not None:
            assert len(line.slice_amounts) == len(line.slices)
            assert total(line.slice_amounts) == line.exact_amount


@given(models, events)
def test_a_price_that_changes_to_itself_costs_the_same(model: UsageModel, usage: Rows) -> None:
    changed = price_of(model, model, changes=[day(11)])

    lines = rated(changed, readings(usage, [day(11)])).lines

    assert whole(lines) == naive_amount(model, [Fraction(value) for _, value in usage])


@given(but_volume, events, VALUES)
def test_more_usage_never_costs_less(model: UsageModel, usage: Rows, more: Decimal) -> None:
    grown = [*usage, (day(30).replace(hour=23), more)]

    before, after = (rated(price_of(model), readings(each)).lines for each in (usage, grown))

    assert sum(line.amount for line in after) >= sum(line.amount for line in before)


@given(models, events)
def test_no_unit_is_lost_or_charged_twice(model: UsageModel, usage: Rows) -> None:
    if isinstance(model, Package):
        return
    lines = rated(price_of(model, model, changes=[day(8)]), readings(usage, [day(8)])).lines

    charged = sum((line.quantity for line in lines if line.events is not None), Decimal(0))
    assert charged == sum((value for _, value in usage), Decimal(0))


def test_tiers_go_on_counting_where_the_price_changes() -> None:
    first = Graduated(tiers(("100", "1"), (None, "0.5")))
    second = Graduated(tiers(("120", "2"), (None, "0.1")))
    price = price_of(first, second, changes=[day(11)])
    usage = [reading(day(1), 90, [day(11)]), reading(day(11), 50, [day(11)])]

    result = rated(price, usage)

    assert rows(result.lines) == [
        ("tier 1", "90", "90.00"),
        ("tier 1", "30", "60.00"),
        ("tier 2", "20", "2.00"),
    ]
    assert [line.rate_version for line in result.lines] == [None, day(11), day(11)]
    assert [line.period.start for line in result.lines] == [day(1), day(11), day(11)]


def test_a_price_that_changes_its_model_goes_on_counting_too() -> None:
    price = price_of(
        PerUnit(unit_price=Decimal(1)),
        Volume(tiers(("100", "2"), (None, "0.5"))),
        changes=[day(11)],
    )
    usage = [reading(day(1), 90, [day(11)]), reading(day(11), 50, [day(11)])]

    assert rows(rated(price, usage).lines) == [("", "90", "90.00"), ("tier 2", "50", "25.00")]


def test_usage_in_a_gap_between_versions_is_left_out() -> None:
    versions = (
        PriceVersion(None, day(5), "Minutes", PerUnit(unit_price=Decimal(1))),
        PriceVersion(day(10), None, "Minutes", PerUnit(unit_price=Decimal(2))),
    )
    cuts = [day(5), day(10)]
    usage = [reading(day(number), 1, cuts) for number in (4, 5, 9, 10)]

    lines = rated(PriceTerms("minutes", "MINUTES", versions), usage).lines

    assert rows(lines) == [("", "1", "1.00"), ("", "1", "2.00")]


def test_versions_before_and_after_the_period_have_no_lines() -> None:
    at_zero = Graduated(tiers((None, "1", "5")), flat_fee_at_zero=True)
    price = price_of(at_zero, at_zero, at_zero, changes=[NOVEMBER.start, NOVEMBER.end])

    lines = rated(price, [reading(day(2), 1)]).lines

    assert rows(lines) == [("tier 1", "1", "1.00"), ("tier 1 flat fee", "1", "5.00")]


def test_a_version_that_is_clipped_prints_when_it_took_effect_in_the_price_book() -> None:
    price = price_of(Volume(tiers((None, "2"))), Volume(tiers((None, "3"))), changes=[day(11)])
    clipped = tuple(replace(it, declared_from=None, is_clipped=True) for it in price.versions)

    lines = rated(replace(price, versions=clipped), [reading(day(12), 1, [day(11)])]).lines

    assert [line.rate_version for line in lines] == [None]


def test_a_cost_cannot_be_read_from_a_sum() -> None:
    with pytest.raises(NotByEvent):
        rated(price_of(Passthrough("cost")), [Quantity((), NOVEMBER, Decimal(1), 1)])


def test_only_usage_prices_are_rated_here() -> None:
    price = PriceTerms("setup", None, (PriceVersion(None, None, "Setup", OneTime(Decimal(1))),))

    with pytest.raises(TypeError, match="setup is no usage price"):
        rated(price, [])


def test_which_models_look_at_events_and_at_group_keys() -> None:
    one = PerUnit(unit_price=Decimal(1))
    graduated = Graduated(tiers((None, "1")))

    assert [looks_at_events(model) for model in (one, graduated)] == [False, True]
    assert not ignores_group_keys(price_of(one))
    assert not ignores_group_keys(price_of(one, graduated, changes=[day(2)]))
    assert ignores_group_keys(price_of(graduated))


def unsliced(line: Line) -> Line:
    return replace(line, slices=(), slice_amounts=None)
