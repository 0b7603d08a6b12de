from decimal import Decimal

import pytest

from invoicing.rating.terms.percentage import Percentage
from tests.invoicing.rating.usage_prices import day, price_of, rated, reading, rows

CARD = Percentage(Decimal("2.9"), fixed_fee=Decimal("0.30"))


def amount(model: Percentage, *values: str) -> str:
    usage = [reading(day(number), value) for number, value in enumerate(values, start=1)]
    return "".join(str(line.amount) for line in rated(price_of(model), usage).lines)


def test_each_event_pays_its_percentage_and_the_fixed_fee() -> None:
    usage = [reading(day(1), "100"), reading(day(2), "19.99")]

    (line,) = rated(price_of(CARD), usage).lines

    assert rows([line]) == [("", "119.99", "4.08")]
    assert line.exact_amount == Decimal("4.07971")
    assert (line.unit, line.unit_price, line.events) == ("minute", None, 2)
    assert line.trace.model == "percentage"


@pytest.mark.parametrize(
    "values,expected", [(("1",), "0.50"), (("1000",), "10.00"), (("0",), "0.50"), (("50",), "1.75")]
)
def test_percentage_and_fee_together_are_clamped(values: tuple[str, ...], expected: str) -> None:
    clamped = Percentage(
        Decimal("2.9"),
        Decimal("0.30"),
        minimum_per_event=Decimal("0.50"),
        maximum_per_event=Decimal(10),
    )

    assert amount(clamped, *values) == expected


@pytest.mark.parametrize(
    "events,free,values,expected",
    [
        (2, None, ("10", "10", "10"), "1.30"),
        (None, "15", ("10", "10", "10"), "2.10"),
        # The third event: the free events are used up, the amount is not.
        (2, "100", ("10", "10", "10"), "1.30"),
        # The second pays for 5 and the whole fee; events would be left, the amount is not.
        (3, "15", ("10", "10", "10"), "2.10"),
        (0, "100", ("10",), "1.30"),
        (2, "0", ("10",), "1.30"),
        (None, "10", ("10",), "0.00"),
        # An event of no value takes one of the free events.
        (1, None, ("0", "10"), "1.30"),
    ],
)
def test_the_free_part_ends_at_whichever_is_used_up_first(
    events: int | None, free: str | None, values: tuple[str, ...], expected: str
) -> None:
    model = Percentage(
        Decimal(10),
        Decimal("0.30"),
        free_events=events,
        free_amount=None if free is None else Decimal(free),
    )

    assert amount(model, *values) == expected


def test_a_wholly_free_event_has_no_minimum_and_a_partly_free_one_has() -> None:
    model = Percentage(Decimal(1), free_amount=Decimal(100), minimum_per_event=Decimal("0.75"))

    assert amount(model, "100") == "0.00"
    assert amount(model, "100.01") == "0.75"


def test_the_free_part_goes_on_in_another_version() -> None:
    model = Percentage(Decimal(10), free_events=3, free_amount=Decimal(25))
    cuts = [day(11)]
    usage = [reading(day(1), 10, cuts), reading(day(12), 20, cuts), reading(day(13), 1, cuts)]

    lines = rated(price_of(model, model, changes=cuts), usage).lines

    assert rows(lines) == [("", "10", "0.00"), ("", "21", "0.60")]
    assert [line.trace.steps[0].values["free_amount"] for line in lines] == ["10", "15"]


def test_a_correction_gives_its_percentage_back_and_nothing_else() -> None:
    model = Percentage(
        Decimal(10), Decimal("0.30"), free_events=1, minimum_per_event=Decimal("0.50")
    )

    assert amount(model, "100", "100", "-50") == "5.30"


def test_values_that_cancel_out_leave_their_fees() -> None:
    assert amount(CARD, "100", "-100") == "0.30"


def test_the_line_says_how_it_came_about() -> None:
    model = Percentage(
        Decimal(10),
        Decimal("0.30"),
        free_events=1,
        minimum_per_event=Decimal("0.50"),
        maximum_per_event=Decimal(5),
    )
    usage = [reading(day(number), value) for number, value in enumerate(("9", "1", "90"), 1)]

    (line,) = rated(price_of(model), usage).lines

    assert line.trace.steps[0].as_json() == {
        "step": "percentage",
        "value": "100",
        "percent": "10",
        "fixed_fee": "0.3",
        "events": "3",
        "free_events": "1",
        "free_amount": "9",
        "at_minimum": "1",
        "at_maximum": "1",
    }


def test_an_event_that_costs_just_the_limit_is_not_limited() -> None:
    model = Percentage(Decimal(10), minimum_per_event=Decimal("0.50"), maximum_per_event=Decimal(5))
    usage = [reading(day(1), 5), reading(day(2), 50)]

    (line,) = rated(price_of(model), usage).lines

    step = line.trace.steps[0].values
    assert (str(line.amount), step["at_minimum"], step["at_maximum"]) == ("5.50", "0", "0")


def test_what_a_stretch_costs_does_not_follow_its_value() -> None:
    cuts = [day(11)]
    usage = [reading(day(1), 10, cuts), reading(day(2), 10, cuts), reading(day(12), 20, cuts)]

    (line,) = rated(price_of(CARD), usage).lines

    assert line.slice_amounts == (Decimal("1.18"), Decimal("0.88"))
    assert [part.quantity for part in line.slices] == [20, 20]
