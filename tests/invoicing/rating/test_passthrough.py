from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from invoicing.rating.lines import QuarantineReason
from invoicing.rating.terms.passthrough import Passthrough
from tests.invoicing.rating.usage_prices import day, price_of, rated, reading, rows

MODEL = Passthrough("cost", markup_percent=Decimal(20), markup_fixed=Decimal("0.01"))


def test_each_event_pays_its_cost_and_the_markup() -> None:
    usage = [reading(day(1), 5, cost="1.25"), reading(day(2), 7, cost=2)]

    (line,) = rated(price_of(MODEL), usage).lines

    assert rows([line]) == [("", "12", "3.92")]
    assert (line.unit, line.unit_price, line.events) == ("minute", None, 2)
    assert line.trace.steps[0].as_json() == {
        "step": "markup",
        "cost": "3.25",
        "percent": "20",
        "fixed": "0.01",
        "events": "2",
    }


def test_an_event_without_a_usable_cost_is_quarantined_and_the_others_are_billed() -> None:
    usage = [
        reading(day(1), 1, cost="1"),
        reading(day(2), 2),
        reading(day(3), 3, cost=1.5),
        reading(day(4), 4, cost=None),
    ]

    result = rated(price_of(MODEL), usage)

    assert rows(result.lines) == [("", "1", "1.21")]
    assert [(held.reason, held.keys, str(held.quantity)) for held in result.quarantined] == [
        (QuarantineReason.MISSING_PROPERTY, (usage[1].event.key,), "2"),
        (QuarantineReason.BAD_VALUE, (usage[2].event.key,), "3"),
        (QuarantineReason.MISSING_PROPERTY, (usage[3].event.key,), "4"),
    ]


def test_nothing_makes_no_line() -> None:
    assert rated(price_of(Passthrough("cost")), []).lines == ()
    assert rated(price_of(Passthrough("cost")), [reading(day(1), 0, cost="0")]).lines == ()


def test_an_event_that_counts_for_nothing_still_has_its_cost() -> None:
    assert rows(rated(price_of(MODEL), [reading(day(1), 0, cost="5")]).lines) == [("", "0", "6.01")]


def test_a_partly_included_event_pays_its_share_of_the_cost() -> None:
    whole = reading(day(1), 3, cost="10")
    rest = replace(whole, quantity=replace(whole.quantity, quantity=Decimal(1)))

    (line,) = rated(price_of(Passthrough("cost")), [rest]).lines

    assert (line.exact_amount, str(line.amount)) == (Fraction(10, 3), "3.33")


def test_what_a_stretch_costs_does_not_follow_its_quantity() -> None:
    usage = [reading(day(1), 10, [day(9)], cost="1"), reading(day(9), 10, [day(9)], cost="3")]

    (line,) = rated(price_of(MODEL), usage).lines

    assert line.slice_amounts == (Decimal("1.21"), Decimal("3.61"))
