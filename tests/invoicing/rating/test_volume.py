from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.rating.terms.tiers import Volume
from tests.invoicing.rating.usage_prices import day, price_of, rated, reading, rows, tiers

MODEL = Volume(tiers(("500", "0.03", "5"), ("1000", "0.025", "3"), (None, "0.02", "1")))


@pytest.mark.parametrize(
    "minutes,expected",
    [
        ("1234", [("tier 3", "1234", "24.68"), ("tier 3 flat fee", "1", "1.00")]),
        ("1000", [("tier 2", "1000", "25.00"), ("tier 2 flat fee", "1", "3.00")]),
        ("500", [("tier 1", "500", "15.00"), ("tier 1 flat fee", "1", "5.00")]),
        ("500.5", [("tier 2", "500.5", "12.51"), ("tier 2 flat fee", "1", "3.00")]),
        ("0", []),
    ],
)
def test_all_units_cost_the_price_of_the_tier_that_the_quantity_falls_in(
    minutes: str, expected: list[tuple[str, str, str]]
) -> None:
    assert rows(rated(price_of(MODEL), [reading(day(1), minutes)]).lines) == expected


def test_the_first_fee_may_be_due_without_usage() -> None:
    at_zero = replace(MODEL, flat_fee_at_zero=True)

    assert rows(rated(price_of(at_zero), []).lines) == [("tier 1 flat fee", "1", "5.00")]


def test_the_tier_is_that_of_the_whole_period_in_each_version() -> None:
    dearer = Volume(tiers(("1000", "1", "7"), (None, "0.5", "9")))
    usage = [reading(day(1), 600, [day(11)]), reading(day(12), 500, [day(11)])]

    lines = rated(price_of(MODEL, dearer, changes=[day(11)]), usage).lines

    assert rows(lines) == [
        ("tier 3", "600", "12.00"),
        ("tier 2", "500", "250.00"),
        ("tier 2 flat fee", "1", "9.00"),
    ]


def test_the_fee_is_due_once_in_the_version_that_enters_the_tier() -> None:
    cuts = [day(11), day(21)]
    usage = [reading(day(at), minutes, cuts) for at, minutes in ((1, 900), (12, 200), (22, 1))]

    lines = rated(price_of(MODEL, MODEL, MODEL, changes=cuts), usage).lines

    assert [(line.events, line.rate_version) for line in lines] == [
        (1, None),
        (1, day(11)),
        (None, day(11)),
        (1, day(21)),
    ]


def test_a_line_says_which_tier_the_whole_falls_in() -> None:
    usage = [reading(day(1), 600, [day(11)]), reading(day(12), 500, [day(11)])]

    line = rated(price_of(MODEL, MODEL, changes=[day(11)]), usage).lines[0]

    assert line.trace.steps[0].values["quantity"] == "1100"
    assert line.unit_price == Decimal("0.02")
