from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.rating.terms.tiers import Graduated
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
from usage.metering.meter import UnitConversion

THREE = Graduated(tiers(("500", "0.03", "5"), ("1000", "0.025", "3"), (None, "0.02", "1")))
PLAIN = Graduated(tiers(("500", "0.03"), ("1000", "0.025"), (None, "0.02")))


def test_each_unit_costs_the_price_of_its_own_tier() -> None:
    result = rated(price_of(PLAIN), [reading(day(1), 1234)])

    assert rows(result.lines) == [
        ("tier 1", "500", "15.00"),
        ("tier 2", "500", "12.50"),
        ("tier 3", "234", "4.68"),
    ]


def test_a_line_says_which_tier_it_is_of() -> None:
    line = rated(price_of(PLAIN), [reading(day(1), 600)]).lines[1]

    assert (line.section, line.unit, line.unit_price) == ("usage", "minute", Decimal("0.025"))
    assert (line.dimensions, line.period, line.meter) == ((), NOVEMBER, "MINUTES")
    assert (line.trace.model, line.trace.source) == ("graduated", "tier")
    assert [step.as_json() for step in line.trace.steps] == [
        {
            "step": "tier",
            "number": "2",
            "above": "500",
            "up_to": "1000",
            "rate": "0.025",
            "quantity": "100",
            "model": "graduated",
        }
    ]


@pytest.mark.parametrize(
    "minutes,expected",
    [
        ("500", [("tier 1", "500", "15.00"), ("tier 1 flat fee", "1", "5.00")]),
        (
            "500.001",
            [
                ("tier 1", "500", "15.00"),
                ("tier 1 flat fee", "1", "5.00"),
                ("tier 2", "0.001", "0.00"),
                ("tier 2 flat fee", "1", "3.00"),
            ],
        ),
        ("0", []),
    ],
)
def test_a_flat_fee_is_due_once_its_tier_is_entered_by_a_fraction(
    minutes: str, expected: list[tuple[str, str, str]]
) -> None:
    assert rows(rated(price_of(THREE), [reading(day(1), minutes)]).lines) == expected


def test_a_flat_fee_counts_no_events() -> None:
    fee = rated(price_of(THREE), [reading(day(1), 1)]).lines[1]

    assert (fee.quantity, fee.unit_price) == (Decimal(1), Decimal(5))
    assert (fee.unit, fee.events) == (None, None)
    assert fee.slices == ()
    assert fee.trace.steps[0].as_json() == {"step": "flat_fee", "number": "1", "amount": "5"}


def test_the_first_fee_may_be_due_without_usage() -> None:
    at_zero = replace(THREE, flat_fee_at_zero=True)

    assert rows(rated(price_of(at_zero), []).lines) == [("tier 1 flat fee", "1", "5.00")]
    assert rows(rated(price_of(at_zero, at_zero, changes=[day(9)]), []).lines) == [
        ("tier 1 flat fee", "1", "5.00")
    ]


def test_a_fee_is_due_once_in_a_period_however_often_the_price_changes() -> None:
    at_zero = replace(THREE, flat_fee_at_zero=True)
    cuts = [day(11), day(21)]
    usage = [reading(day(12), 600, cuts), reading(day(22), 10, cuts)]

    lines = rated(price_of(at_zero, THREE, THREE, changes=cuts), usage).lines

    assert [row for row in rows(lines) if "fee" in row[0]] == [
        ("tier 1 flat fee", "1", "5.00"),
        ("tier 2 flat fee", "1", "3.00"),
    ]


def test_an_event_that_fills_a_tier_and_enters_the_next_counts_for_both() -> None:
    usage = [reading(day(1), 400), reading(day(2), 0), reading(day(3), 200), reading(day(4), 0)]

    lines = rated(price_of(PLAIN), usage).lines

    assert [line.events for line in lines] == [3, 2]


def test_corrections_take_units_back_from_the_highest_tier() -> None:
    usage = [reading(day(1), 600), reading(day(2), -150)]

    assert rows(rated(price_of(THREE), usage).lines) == [
        ("tier 1", "450", "13.50"),
        ("tier 1 flat fee", "1", "5.00"),
    ]


def test_a_fee_comes_back_where_a_later_version_leaves_its_tier() -> None:
    usage = [reading(day(1), 600, [day(11)]), reading(day(12), -150, [day(11)])]

    assert rows(rated(price_of(THREE, THREE, changes=[day(11)]), usage).lines) == [
        ("tier 1", "500", "15.00"),
        ("tier 1 flat fee", "1", "5.00"),
        ("tier 2", "100", "2.50"),
        ("tier 2 flat fee", "1", "3.00"),
        ("tier 1", "-50", "-1.50"),
        ("tier 2", "-100", "-2.50"),
        ("tier 2 flat fee", "-1", "-3.00"),
    ]


def test_a_correction_may_come_before_what_it_corrects() -> None:
    usage = [reading(day(1), -100), reading(day(2), 700)]

    assert rows(rated(price_of(PLAIN), usage).lines) == [
        ("tier 1", "500", "15.00"),
        ("tier 2", "100", "2.50"),
    ]


def test_a_line_prints_the_unit_that_is_priced() -> None:
    meter = replace(MINUTES, unit_conversion=UnitConversion(Decimal(1000), "1K minutes"))

    (line,) = rated(price_of(PLAIN), [reading(day(1), 2)], meter=meter).lines

    assert line.unit == "1K minutes"
